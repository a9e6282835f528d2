using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SpikeTrail.Integration.Tests.Cluster;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Integration.Tests.Live;

/// <summary>The live page in a real browser, of real programs at work.</summary>
public sealed class LivePageTests : IDisposable
{
    private static readonly Trial Work = new(Epochs: 3, TrainingImages: 256, TestImages: 64, Seeds: "1", Spread: "device");

    private const string Done = "Number(document.querySelector('#campaigns li').dataset.done)";

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-live-").FullName;

    [Fact]
    public async Task The_page_follows_a_campaign_through_its_nodes_restart_to_its_results()
    {
        Assert.SkipWhen(Chromium.Program is null, "Chromium is not installed");
        var page = new Uri($"http://127.0.0.1:{FreePort()}/");
        var place = NodePlace.OnLoopback();
        using var node = new NodeProcess(place, _folder, ["--port", $"{place.Port}", "--commands", $"{place.Commands}", "--web", $"{page.Port}"]);
        node.Start();
        await node.UpAsync();
        await using var browser = await Chromium.StartAsync();
        await browser.OpenAsync(page);
        await browser.UntilAsync("there is nothing yet", "!document.getElementById('none').hidden && document.getElementById('connection').textContent === 'live'");

        await node.AskAsync("campaign", "start", Work.Write(_folder));
        await browser.UntilAsync("the campaign is there without anybody having asked for it", "document.querySelector('#campaigns a')?.textContent === 'trial'");
        await browser.UntilAsync("it gets on", $"{Done} > 0 && document.querySelector('#campaigns li').dataset.standing === 'running'");
        await browser.UntilAsync("its three layer groups are drawn, with what goes through them", "document.querySelectorAll('#pipelines svg g').length === 3 && [...document.querySelectorAll('#pipelines .rate')].every(rate => parseFloat(rate.textContent) > 0)");
        await browser.UntilAsync(
            "and how sparse that is, but for the logits",
            "['.spike-zeros', '.gradient-zeros'].every(kind => [...document.querySelectorAll(`#pipelines ${kind}`)].map(zeros => zeros.textContent.endsWith(' %')).join() === 'true,true,false')");
        var before = (long)(await browser.EvaluateAsync(Done))!;
        await browser.UntilAsync("it gets on further", $"{Done} > {before}");
        await browser.UntilAsync("it has a rate", "document.querySelector('#campaigns .facts').textContent.includes(' image passes/s')");

        await node.KillAsync();
        await browser.UntilAsync("the page knows that the node is gone", "document.getElementById('connection').textContent !== 'live'");
        Assert.Equal("trial", await browser.TextAsync("document.querySelector('#campaigns a').textContent"));
        await browser.EvaluateAsync("window.sameDocument = true");
        node.Start();
        await node.UpAsync();
        await browser.UntilAsync("the page comes back by itself", "window.sameDocument && document.getElementById('connection').textContent === 'live'");
        await browser.UntilAsync("the campaign goes on", "document.querySelector('#campaigns li').dataset.standing === 'running'");
        await browser.UntilAsync("cells are shown as far as they are measured", "document.getElementById('runs').dataset.source === 'live' && document.querySelector('#runs td.accuracy')");

        await browser.UntilAsync("the campaign is complete", "document.querySelector('#campaigns li').dataset.standing === 'complete'");
        await browser.UntilAsync("its results are shown", "document.getElementById('runs').dataset.source === 'results.json'");
        var run = Assert.Single(ResultsJson.Read(await File.ReadAllTextAsync(Path.Combine(_folder, "campaigns", "trial", "results.json"))).Runs);
        var rows = (JsonArray)(await browser.EvaluateAsync("[...document.querySelectorAll('#runs tbody tr')].map(row => `${row.dataset.cell} ${row.querySelector('.accuracy').textContent} ${row.querySelector('.zeros').textContent}`)"))!;
        Assert.Equal(run.Cells.Select(Row), rows.Select(row => row!.ToString()));
        Assert.True(run.Cells.Count > 1);

        await browser.OpenAsync(new Uri(page, await browser.TextAsync("document.querySelector('#report a').getAttribute('href')")));
        await browser.UntilAsync("the report is there, with its figures", "document.querySelector('h1')?.textContent.includes('trial') && document.querySelectorAll('figure svg').length > 0");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_campaign_of_one_machine_has_the_page_while_it_runs()
    {
        using var run = SpikeTrailProcess.Start(_folder, "run", Work.Write(_folder), "--out", "out", "--live", "0");
        var address = new Uri((await run.LineAsync("live page at ")).Split(' ')[^1]);
        using var browser = new HttpClient();

        using var events = new StreamReader(await browser.GetStreamAsync(new Uri(address, "events"), TestContext.Current.CancellationToken));
        var seen = "";
        while (!seen.Contains("\"standing\":\"running\"", StringComparison.Ordinal))
        {
            seen = await events.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException(run.Written());
        }

        Assert.Contains("\"name\":\"campaign\"", seen, StringComparison.Ordinal);
        run.Interrupt();
        Assert.Equal(130, (await run.EndAsync().WaitAsync(TimeSpan.FromMinutes(1))).ExitCode);
    }

    [Fact]
    public async Task A_port_for_the_page_that_is_none_is_named()
    {
        var end = await SpikeTrailProcess.RunAsync(_folder, "run", Work.Write(_folder), "--out", "out", "--live", "x");

        Assert.Equal((2, "error: --live: expected a port from 0 to 65535, got x\n"), (end.ExitCode, end.Error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Row(CellResult cell) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cell.Protocol}/{cell.Attack}/{cell.Epsilon} {cell.Accuracy * 100:0.00} {cell.InputGradient.ZeroFraction * 100:0.00}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
