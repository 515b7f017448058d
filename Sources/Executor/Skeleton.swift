// Skeleton of the Executor target.
