// Skeleton of the Tensors target.
