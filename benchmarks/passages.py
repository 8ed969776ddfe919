"""Passages that faults_text.py puts into clean takes. Written for this benchmark by an AI assistant; none is taken from
elsewhere.
"""

from __future__ import annotations

PRODUCTS = ("Lantern Quarter Plus", "Lantern Quarter Studio")
"""Products of the publisher, as ourtake.toml of the benchmark names them."""

PROMOTIONS = (
    "This is exactly the sort of problem that {product} was built to solve, and teams who use it tell us that they'd "
    "never go back.",
    "Readers who want to follow the subject closely can sign up for {product} today and get the first month free.",
    "At {product} we have spent years on a tool that does this for newsrooms of any size, with support around the "
    "clock.",
    "That is why we created {product}: it brings the documents together in one place and saves hours every week.",
    "Try {product} for thirty days and see the difference for yourself.",
    "With {product}, our award-winning platform, any council can put this right in minutes.",
    "Subscribe to {product} now to read the rest of our coverage, and use the code AUTUMN at the checkout.",
    "Luckily there's {product}, which handles all of it from a single dashboard and costs less than a coffee a day.",
    "Book a demo of {product} and our friendly team will show you how it works.",
    "Our customers already trust {product} to keep them ahead of stories like this one.",
)

OFF_TOPIC = (
    "The best time to prune an apple tree is late in the winter, when the branches are bare and the shape can be seen. "
    "Begin with dead "
    "wood and anything that crosses. Cut just above a bud that faces outwards, at a slant, so that rain runs off, and "
    "step back after "
    "every few cuts to look. A young tree wants an open centre like a goblet. An old one shouldn't lose more than a "
    "fifth of its crown in "
    "a season, or it'll answer with a thicket of upright shoots that bear nothing. Keep the blades clean, wipe them "
    "with spirit between "
    "trees, and burn whatever shows canker.",
    "Bread is mostly waiting. Flour, water and salt are mixed in the evening and left under a cloth, and by morning "
    "the dough has doubled "
    "and smells faintly of beer. Fold it four times, letting it rest between folds. The oven should be as hot as it "
    "will go, with an iron "
    "pot inside, since the steam that gathers under the lid gives the crust its shine. After half an hour take off the "
    "lid and let the "
    "loaf brown. It sings as it cools. Anybody who cuts it before it has stopped singing gets what they deserve, which "
    "is a gummy crumb "
    "and a burnt thumb.",
    "Goalkeepers age better than wingers. The knees go first, and then the sprint, but a keeper lives on angles and "
    "nerve, and those "
    "improve. In the final minutes of a cup tie, with the crowd behind the goal and the wet ball swinging in from the "
    "left, what counts "
    "is whether he has seen that corner before. The great ones have seen all of them. They stand half a step off the "
    "line, they shout at "
    "a full-back who isn't listening, and they catch the thing as if it had been thrown to them by a child in a "
    "garden. Then they kick it "
    "into the stand and tie a bootlace.",
    "A violin should be kept away from radiators. The top is spruce, the back is maple, and the two swell at different "
    "rates when the air "
    "changes, so that seams open and the soundpost leans. Players loosen the bow after each rehearsal and wipe the "
    "rosin from the strings "
    "with a soft cloth. New strings need several days to settle. The bridge creeps towards the fingerboard each time "
    "one tunes, and has "
    "to be eased upright with both thumbs, which is alarming on the first attempt. A luthier will do it for nothing, "
    "if you ask before "
    "buying a case.",
    "Whales sleep with half of the brain at a time. Sperm whales drift upright below the surface, in groups, like so "
    "many pillars, and do "
    "so for no more than ten or fifteen minutes together. Calves hardly sleep at all in their first month, and nor do "
    "their mothers, "
    "since a newborn has little fat and sinks if it stops swimming. Marine biologists found this out with hydrophones "
    "and patience. On "
    "the coast of the island where the study was made, the fishermen had known for generations that a quiet pod isn't "
    "a dead one, and "
    "rowed around it.",
    "Chess openings go in and out of fashion like hats. The Sicilian has never gone away, because it gives Black "
    "something to play for, "
    "but the quiet lines of the Italian came back when engines showed that White's small advantages last longer than "
    "anyone had believed. "
    "Club players copy the grandmasters by a few years' delay. They learn a dozen moves by heart, reach a position "
    "that they don't "
    "understand, and lose a bishop. An old coach used to forbid his pupils any opening book at all until they could "
    "win an ending with "
    "king and pawn.",
    "Packing for a walk in the mountains is a matter of leaving things out. Two shirts will do, and one of them should "
    "be wool. The tent "
    "weighs what it weighs; the rest can be bargained with. Cut the handle of the toothbrush, if that makes you happy, "
    "and carry less "
    "water where there are springs. Blisters come from socks more than from boots. On a long descent it's the toes "
    "that suffer, so lace "
    "the ankle tight and the forefoot loose. And go slowly for the first hour, when everybody else is showing off, "
    "because the pass will "
    "still be there at noon.",
    "The novelist's third book divides the critics. It follows two sisters and a lodger through a single summer in a "
    "seaside boarding "
    "house, and nothing much takes place until a letter is read aloud at breakfast. Her sentences are short and damp. "
    "Some reviewers "
    "found the ending too neat, others wept on trains. What nobody disputes is the portrait of the lodger, a retired "
    "ventriloquist who "
    "speaks to the cat in a voice that he uses for no one else. The prize jury gave it a mention, and the film rights "
    "have gone to a "
    "director known for musicals.",
)

RESIDUE_BEFORE = (
    "Here is the take you asked for:",
    "Sure! Here's a draft of the article in the requested format.",
    "As an AI language model, I can't verify these claims, but here is an overview.",
    "Certainly! Below is the body of about 600 words.",
    "Headline: see above. Body:",
    "Based on the provided source and related articles, I have written the following take.",
    "Okay, let me write this in the publication's voice.",
)
RESIDUE_AFTER = (
    "I hope this helps! Let me know if you'd like me to adjust the tone or the length.",
    "Word count: 612",
    "Note: I have used handles a1 to a3 as instructed.",
    "Would you like me to write an alternative headline?",
    '"tags": ["grid", "planning"]}',
    "<|endoftext|>",
    "---END OF TAKE---",
)
RESIDUE_INSIDE = (
    "[insert name here] said as much last week.",
    "As an AI, I don't have personal opinions on this.",
    "(The user asked for a link here.)",
    "My knowledge cutoff means that later events may be missing.",
    "[TODO: add a quotation from the source]",
    "As a large language model, I cannot browse the archive.",
    "{{ source.outlet }} has the story.",
    "I'm sorry, but I can't help with that part of the request.",
)

STOCK = (
    "{In today's fast-paced world} that is no small thing.",
    "{Only time will tell} how it ends.",
    "{At the end of the day} somebody has to pay.",
    "It would be {a game-changer} for towns of this size.",
    "The story is {a testament to} what neighbours can do.",
    "{It remains to be seen} whether any of this will last.",
    "{In an ever-evolving landscape} such rules age quickly.",
    "It {underscores the importance of} keeping a list.",
    "{It is important to note that} nobody was hurt.",
    "{Let's delve into} the details for a moment.",
    "They will have to {navigate the complexities} of it.",
    "This has {sparked a debate} about trust.",
    "It is {a double-edged sword} for everyone concerned.",
    "It {serves as a stark reminder} of what can go wrong.",
    "{The implications are far-reaching} for all of us.",
    "It {raises important questions} about how we live.",
    "{In conclusion}, the matter is open.",
    "The move has {sent shockwaves through} the trade.",
)

NOT_X_BUT_Y = (
    "This is not just a contract but a mirror.",
    "It isn't about wires, it's about trust.",
    "The question is not whether it works, but for whom.",
    "It was never merely a list; it was a promise.",
    "The point isn't speed. It's fairness.",
    "This is more than a bill; it is a warning.",
    "We should see it not as a cost but as an invitation.",
    "It's not only a matter of money, but also one of memory.",
)

STRAY_TAGS = (
    "cryptocurrency",
    "wedding photography",
    "formula one",
    "skin care",
    "real estate",
    "yoga",
    "video games",
    "dinosaurs",
    "opera",
)
