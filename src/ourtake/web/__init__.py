"""The editor's desk in a browser: `ourtake serve`. Starlette and Jinja2; own small modules, no build step, no CDN."""
