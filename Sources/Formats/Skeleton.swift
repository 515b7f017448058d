// Skeleton of the Formats target.
