"""The weights that a publication starts with, learned from two public US government publications (18F and Digital.gov).

`python benchmarks/lookup.py DATA_FOLDER --learn-defaults` makes them; that of meaning, whose signal is 0
without vectors, was learned with MiniLM's vectors and the others held (--embeddings).
"""

WEIGHTS = {
    "text": -3.2868,
    "text_often": 4.508,
    "headline": 0.5057,
    "cosine": 0.9946,
    "lead": 0.2462,
    "rarest_in_lead": 0.8273,
    "names": 0.3127,
    "length": 2.0228,
    "title": 0.1796,
    "title_covered": 1.7731,
    "names_in_title": 0.1285,
    "same_start": -0.9945,
    "pairs": 1.4791,
    "tags_of_similar": 0.8166,
    "tags_covered": 0.3154,
    "month": 1.0526,
    "season": 0.3296,
    "year": 0.1429,
    "era": 4.2598,
    "links": -0.066,
    "links_year": 0.085,
    "links_season": 0.4186,
    "similar_linked": 2.8173,
    "linked_widely": 1.4217,
    "links_to_similar": 0.8697,
    "linked_together": -0.9308,
    "feedback": 0.652,
    "meaning": 1.0854,
}
