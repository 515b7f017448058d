// Skeleton of the Weft target.
