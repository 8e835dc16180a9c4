"""Reading text: cleaning, language, passages, sentences and the tokens of the lexical channel."""
