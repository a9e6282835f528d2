using SpikeTrail.Host.Benchmarks;
using SpikeTrail.Snn.Native;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Convolutions;

/// <summary>
/// The convolutions of SEW-ResNet18 at 32×32 by libtorch and by our kernels: outputs, input gradients and weight gradients, every one by
/// turns, round after round. Prints medians in milliseconds.
/// </summary>
internal static class ConvolutionComparison
{
    private const int Images = BenchmarkSetting.TimeSteps * BenchmarkSetting.BatchSize;

    public static void Run(string[] options)
    {
        var (rounds, threads) = ((int)BenchOptions.Number(options, "--rounds", 31), (int)BenchOptions.Number(options, "--threads", 2));
        var share = BenchOptions.Number(options, "--spikes", 0.2);
        LibTorch.Load();
        set_num_threads(threads);
        random.manual_seed(BenchmarkSetting.Seed);
        Console.WriteLine($"{Images} images, float32, {threads} threads, {BenchOptions.Text(share)} of the inputs spike (half of an image's); milliseconds, medians of {rounds} rounds\n");
        Console.WriteLine("| layer | libtorch forward | input gradient | weight gradient | ours forward | input gradient | weight gradient |\n|---|---:|---:|---:|---:|---:|---:|");
        foreach (var layer in ConvolutionLayer.All)
        {
            using var scope = NewDisposeScope();
            var work = new ConvolutionWork(layer, Images, layer.Inputs == ConvolutionLayer.ImageChannels ? 0.5 : share);
            var times = work.All.Select(_ => new List<double>()).ToList();
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var (once, took) in work.All.Zip(times))
                {
                    var milliseconds = once();
                    if (round > 0)
                    {
                        took.Add(milliseconds);
                    }
                }
            }

            Console.WriteLine($"| {layer} | {string.Join(" | ", times.Select(took => BenchOptions.Text(BenchOptions.Median([.. took]), "0.0")))} |");
        }
    }
}
