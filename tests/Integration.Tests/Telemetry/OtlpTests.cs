using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SpikeTrail.Integration.Tests.Telemetry;

/// <summary>What a real run sends to a collector on loopback.</summary>
public sealed class OtlpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-otlp-").FullName;

    [Fact]
    public async Task A_run_sends_its_metrics_and_spans()
    {
        using var collector = new Collector();

        var end = await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder), "--out", "out", "--otlp", collector.Address);

        Assert.True(end.ExitCode == 0, end.Error);
        var metrics = collector.SentTo("/v1/metrics");
        Assert.All(
            ["spiketrail.pass.duration", "spiketrail.images", "spiketrail.frames", "Training", "AdversarialStep", "backward"],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        var spans = collector.SentTo("/v1/traces");
        Assert.All(
            ["campaign", "run", "work", "pass", "epoch 1", "tiny/fashion-mnist-mini/1", "slice tiny/fashion-mnist-mini/1/strict#1"],
            name => Assert.Contains(name, spans, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_not_there_changes_nothing()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder), "--out", "out", "--otlp", "http://127.0.0.1:1");

        Assert.Equal((0, ""), (end.ExitCode, end.Error));
    }

    [Fact]
    public async Task A_collector_s_address_that_is_none_is_named()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "run", TinyCampaign.Write(_folder), "--out", "out", "--otlp", "nowhere");

        Assert.Equal((2, "error: --otlp: expected a URL such as http://127.0.0.1:4318, got nowhere\n"), (end.ExitCode, end.Error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Takes whatever is sent, and says that all is well. Names in OTLP's protobuf are plain text.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Path, string Body)> _heard = new();

        public Collector()
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            }

            _listener.Prefixes.Add($"{Address}/");
            _listener.Start();
            _ = ListenAsync();
        }

        public string Address { get; }

        public string SentTo(string path) => string.Concat(_heard.Where(heard => heard.Path == path).Select(heard => heard.Body));

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                    _heard.Enqueue((context.Request.Url!.AbsolutePath, await body.ReadToEndAsync()));
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
