// Skeleton of the Tokenizers target.
