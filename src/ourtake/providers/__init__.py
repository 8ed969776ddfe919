"""Model providers behind one protocol: a request in, a reply out."""
