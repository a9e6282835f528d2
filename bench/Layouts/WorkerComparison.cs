using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Bench.Layouts;

/// <summary>
/// How attack shards go faster with worker processes: the same campaign on a cluster of one worker and on one of two, by turns. The
/// clusters live side by side and one rests while the other works. Prints ratios of rates, of the same round.
/// </summary>
internal static class WorkerComparison
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(string[] options)
    {
        var (rounds, images, width) = ((int)BenchOptions.Number(options, "--rounds", 3), (int)BenchOptions.Number(options, "--images", 128), BenchOptions.Number(options, "--width", 1));
        await using var one = new BenchCluster(workers: 1);
        await using var two = new BenchCluster(workers: 2);
        (string Name, BenchCluster Cluster, int Threads)[] layouts =
        [
            ("1 worker, 1 thread", one, 1),
            ("1 worker, 2 threads", one, 2),
            ("2 workers, 1 thread each", two, 1),
        ];

        var rates = layouts.Select(_ => new List<double>()).ToList();
        for (var round = 0; round <= rounds; round++)
        {
            for (var index = 0; index < layouts.Length; index++)
            {
                var rate = await layouts[index].Cluster.RateAsync($"round-{round}-{index}", images, width, layouts[index].Threads);
                if (round > 0)
                {
                    rates[index].Add(rate);
                }
            }
        }

        Console.WriteLine($"PGD-7 and its predictions, SEW-ResNet18, width {BenchOptions.Text(width)}, 1x28x28, T = 4, {images} images in shards of 16; {rounds} rounds, median (least to most)\n");
        Console.WriteLine("| workers | rate, as a multiple of the first's |\n|---|---:|");
        foreach (var (layout, rate) in layouts.Zip(rates))
        {
            Console.WriteLine($"| {layout.Name} | {BenchOptions.Ratio([.. rate.Zip(rates[0], (mine, first) => mine / first)])} |");
        }
    }

    /// <summary>A supervisor in this process, and workers in others.</summary>
    private sealed class BenchCluster : IAsyncDisposable
    {
        private readonly string _folder = OtherProcess.NewFolder();
        private readonly NodeSystem _supervisor;
        private readonly List<OtherProcess> _workers;

        public BenchCluster(int workers)
        {
            _supervisor = OtherProcess.Node(_folder, NodeRole.Supervisor);
            _workers = [.. Enumerable.Range(0, workers).Select(_ => new OtherProcess(_supervisor.System, _folder, _supervisor.Address))];
        }

        /// <summary>Image passes a second, from when every worker is at work until the campaign is done.</summary>
        public async Task<double> RateAsync(string name, int images, double width, int threads)
        {
            await UntilAsync<DeviceList>(new ListDevices(), list => list.Devices.Count == _workers.Count);
            var id = new CampaignId(name);
            await AskAsync<RequestDone>(new SubmitCampaign(id, Campaign(name, images, width), new PipelineSpec { LayerGroups = 1, Window = 4, ThreadsPerGroup = threads }));
            var begun = await UntilAsync<CampaignDetails>(new ShowCampaign(id), details => details.Pipelines.Count(pipeline => pipeline.Work is not null) == _workers.Count && details.Summary.Done > 0);
            var started = Stopwatch.GetTimestamp();
            var ended = await UntilAsync<CampaignDetails>(new ShowCampaign(id), details => details.Summary.Standing == CampaignStanding.Complete);
            return (ended.Summary.Done - begun.Summary.Done) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            _workers.ForEach(worker => worker.Dispose());
            await _supervisor.System.Terminate();
            Directory.Delete(_folder, recursive: true);
        }

        private static CampaignSpec Campaign(string name, int images, double width) => new()
        {
            Name = name,
            Networks = [new NetworkSpec { Name = "sew-resnet18", Depth = 18, Width = width }],
            DataSets = [new DataSetSpec { Name = "fashion-mnist-mini", TimeSteps = 4, TestLimit = images }],
            Seeds = [1],
            Training = new TrainingSpec { Epochs = 0 },
            Protocols = [ProtocolSpec.Strict],
            Attacks = [new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd }],
            Epsilons = [4, 8],
            Evaluation = new EvaluationSpec { BatchSize = 16, ShardSize = 16 },
        };

        private async Task<T> AskAsync<T>(ICampaignRequest request)
            where T : class => await _supervisor.Campaigns.Ask<object>(request, Patience) as T ?? throw new InvalidOperationException($"{request} was refused");

        private async Task<T> UntilAsync<T>(ICampaignRequest request, Func<T, bool> condition)
            where T : class
        {
            while (true)
            {
                var answer = await AskAsync<T>(request);
                if (condition(answer))
                {
                    return answer;
                }

                await Task.Delay(50);
            }
        }
    }
}
