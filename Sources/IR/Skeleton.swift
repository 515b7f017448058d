// Skeleton of the IR target.
