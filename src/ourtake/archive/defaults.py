"""The weights that a publication starts with, learned from two public US government publications (18F and Digital.gov).

`python benchmarks/lookup.py DATA_FOLDER --learn-defaults` makes them; that of meaning, whose signal is 0
without vectors, was learned with MiniLM's vectors and the others held (--embeddings).
"""

WEIGHTS = {
    "text": -3.1903,
    "text_often": 4.5371,
    "headline": 0.5247,
    "cosine": 0.9595,
    "lead": 0.1949,
    "rarest_in_lead": 0.853,
    "names": 0.3148,
    "length": 1.962,
    "title": 0.2418,
    "title_covered": 1.7758,
    "names_in_title": 0.1252,
    "same_start": -0.996,
    "pairs": 1.4641,
    "tags_of_similar": 0.8327,
    "tags_covered": 0.3173,
    "month": 1.0497,
    "season": 0.3382,
    "year": 0.1296,
    "era": 4.2551,
    "links": -0.0712,
    "links_year": 0.0845,
    "links_season": 0.4202,
    "similar_linked": 2.8322,
    "linked_widely": 1.4268,
    "links_to_similar": 0.881,
    "linked_together": -0.9316,
    "feedback": 0.551,
    "meaning": 1.0854,
}
