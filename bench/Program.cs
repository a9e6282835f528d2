using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using SpikeTrail.Bench.Convolutions;
using SpikeTrail.Bench.Growth;
using SpikeTrail.Bench.Layouts;

switch (args)
{
    case [OtherProcess.Argument, var folder, .. var seed]:
        OtherProcess.Serve(folder, seed.FirstOrDefault());
        break;

    case ["layouts", .. var options]:
        await LayoutComparison.RunAsync(options);
        break;

    case ["workers", .. var options]:
        await WorkerComparison.RunAsync(options);
        break;

    case ["convolutions", .. var options]:
        ConvolutionComparison.Run(options);
        break;

    case ["growth", .. var options]:
        GrowthComparison.Run(options);
        break;

    default:
        // In this process: a project built for every benchmark would need a copy of libtorch of its own.
        BenchmarkSwitcher.FromAssembly(typeof(OtherProcess).Assembly)
            .Run([.. args, "--inProcess"], DefaultConfig.Instance.WithArtifactsPath(Path.Combine("artifacts", "benchmarks")));
        break;
}
