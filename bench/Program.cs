using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

// In this process: a project built for every benchmark would need a copy of libtorch of its own.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run([.. args, "--inProcess"], DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")));
