"""The weights that a publication starts with, learned from two public US government publications (18F and Digital.gov).

`python benchmarks/lookup.py DATA_FOLDER --learn-defaults` makes them; those of the last three,
which are 0 without vectors, were learned with MiniLM vectors and the others held.
"""

WEIGHTS = {
    "text": -3.228,
    "text_often": 4.5322,
    "headline": 0.5433,
    "cosine": 0.9365,
    "lead": 0.247,
    "rarest_in_lead": 0.823,
    "names": 0.3179,
    "length": 1.9048,
    "title": 0.105,
    "title_covered": 1.7918,
    "names_in_title": 0.147,
    "same_start": -0.9938,
    "pairs": 1.4605,
    "tags_of_similar": 0.8316,
    "tags_covered": 0.3218,
    "month": 0.9619,
    "season": 0.4911,
    "year": 0.0187,
    "era": 4.2681,
    "links": -0.0725,
    "links_year": 0.0918,
    "links_season": 0.4021,
    "similar_linked": 2.8354,
    "linked_widely": 1.4296,
    "links_to_similar": 0.8719,
    "linked_together": -0.9305,
    "feedback": 0.6585,
    "meaning": 1.76,
    "close_linked": 0.487,
    "links_to_close": 0.626,
}
