"""Pure functions over strings: Markdown, sentences, words. Offsets count Unicode code points of the string given, end
exclusive.
"""
