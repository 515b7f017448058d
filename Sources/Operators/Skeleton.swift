// Skeleton of the Operators target.
