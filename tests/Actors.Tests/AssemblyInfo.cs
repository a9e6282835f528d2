// Tensors, and libtorch's threads, belong to one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
