// Skeleton of the Compiler target.
