// Skeleton of the Profiler target.
