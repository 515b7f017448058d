// Skeleton of the Diagrams target.
