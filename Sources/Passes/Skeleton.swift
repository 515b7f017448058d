// Skeleton of the Passes target.
