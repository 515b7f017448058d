// Skeleton of the GraphLanguage target.
