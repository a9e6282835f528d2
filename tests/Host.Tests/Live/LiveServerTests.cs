using System.Net;
using System.Net.Sockets;
using System.Text;
using SpikeTrail.Host.Live;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Live;

public sealed class LiveServerTests : LiveTest
{
    private readonly HttpClient _browser = new() { Timeout = TimeSpan.FromSeconds(20) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "text/html", "<title>SpikeTrail</title>")]
    [InlineData("live.js", "text/javascript", "new EventSource(")]
    [InlineData("live.css", "text/css", "prefers-color-scheme: dark")]
    public async Task The_page_and_its_parts_are_there_and_fetch_nothing_from_elsewhere(string path, string type, string part)
    {
        await using var server = await LiveServer.StartAsync(Source, AnyPort);

        using var response = await _browser.GetAsync(new Uri(server.Address, path), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Events_begin_with_a_snapshot_and_go_on_with_what_changes()
    {
        await using var server = await LiveServer.StartAsync(Source, AnyPort);
        using var response = await _browser.GetAsync(new Uri(server.Address, "events"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"done\":50", await DataAsync(lines), StringComparison.Ordinal);
        Done = 60;
        Assert.Contains("\"done\":60", await DataAsync(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewers_do_not_keep_a_node_from_ending()
    {
        var server = await LiveServer.StartAsync(Source, AnyPort);
        using var response = await _browser.GetAsync(new Uri(server.Address, "events"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        await DataAsync(lines);

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("localhost", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    public async Task Whoever_asks_by_another_machines_name_is_turned_away(string host, int status)
    {
        await using var server = await LiveServer.StartAsync(Source, AnyPort);
        foreach (var path in new[] { "", "events", "campaigns/demo/results.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path)) { Headers = { Host = $"{host}:{server.Address.Port}" } };

            using var response = await _browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

            Assert.Equal(status == 200 && path.EndsWith("json", StringComparison.Ordinal) ? 404 : status, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("PUT", "campaigns/demo/results.json")]
    [InlineData("DELETE", "campaigns/demo/results.json")]
    [InlineData("HEAD", "")]
    [InlineData("OPTIONS", "events")]
    public async Task The_page_can_only_be_read(string method, string path)
    {
        await using var server = await LiveServer.StartAsync(Source, AnyPort);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path));

        using var response = await _browser.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/campaigns/../secret/results.json")]
    [InlineData("/campaigns/..%2Fsecret/results.json")]
    [InlineData("/campaigns/%2e%2e/results.json")]
    [InlineData("/campaigns/.nodes/results.json")]
    [InlineData("/campaigns/demo/../../secret/results.json")]
    [InlineData("/campaigns/demo%00/results.json")]
    [InlineData("/campaigns/Demo/results.json")]
    [InlineData("/campaigns/demo/journal.db")]
    [InlineData("/events?campaign=../demo")]
    [InlineData("/nothing")]
    public async Task Nothing_but_the_results_of_campaigns_is_given_away(string target)
    {
        foreach (var name in new[] { "secret", ".nodes", "demo", "Demo" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, name is "demo" ? "campaigns" : "", name)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), "a secret", Cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "journal.db"), "a secret", Cancel);
        }

        await using var server = await LiveServer.StartAsync(Source with { FolderOf = campaign => Path.Combine(Folder, "campaigns", campaign.Value) }, AnyPort);

        // As it is: a client would tidy the address up.
        var response = await SendAsync(server, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 40[04] ", response);
        Assert.DoesNotContain("a secret", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_given_as_they_lie_there()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "demo")).FullName;
        var results = ResultsJson.Write(SampleResults.Campaign);
        await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), results, Cancel);
        await using var server = await LiveServer.StartAsync(Source, AnyPort);

        Assert.Equal(results, await _browser.GetStringAsync(new Uri(server.Address, "campaigns/demo/results.json"), Cancel));
    }

    [Fact]
    public async Task The_report_is_drawn_from_the_results()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "demo")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), ResultsJson.Write(SampleResults.Campaign), Cancel);
        await using var server = await LiveServer.StartAsync(Source, AnyPort);

        using var response = await _browser.GetAsync(new Uri(server.Address, "campaigns/demo/report.html"), Cancel);

        var page = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("<title>pool-comparison</title>", page, StringComparison.Ordinal);
        Assert.Contains("<figure", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        using var missing = await _browser.GetAsync(new Uri(server.Address, "campaigns/other/report.html"), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_viewer_who_does_not_take_his_report_keeps_nobody_waiting()
    {
        // More than lies in the buffers between the two.
        var endless = SampleResults.Campaign with { Campaign = SampleResults.Campaign.Campaign with { Name = new('n', 16 << 20) } };
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "long")).FullName, "results.json"), ResultsJson.Write(endless), Cancel);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "demo")).FullName, "results.json"), ResultsJson.Write(SampleResults.Campaign), Cancel);
        await using var server = await LiveServer.StartAsync(Source, AnyPort);
        using var slow = await _browser.GetAsync(new Uri(server.Address, "campaigns/long/report.html"), HttpCompletionOption.ResponseHeadersRead, Cancel);

        var page = await _browser.GetStringAsync(new Uri(server.Address, "campaigns/demo/report.html"), Cancel);

        Assert.Contains("<title>pool-comparison</title>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_viewer_too_many_is_turned_away()
    {
        await using var server = await LiveServer.StartAsync(Source, AnyPort);
        var viewers = new List<HttpResponseMessage>();
        for (var viewer = 0; viewer < 33; viewer++)
        {
            viewers.Add(await _browser.GetAsync(new Uri(server.Address, "events"), HttpCompletionOption.ResponseHeadersRead, Cancel));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, viewers[^1].StatusCode);
        Assert.All(viewers.SkipLast(1), viewer => Assert.Equal(HttpStatusCode.OK, viewer.StatusCode));
        viewers.ForEach(viewer => viewer.Dispose());
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var first = await LiveServer.StartAsync(Source, AnyPort);

        var refusal = await Assert.ThrowsAsync<InputException>(() => LiveServer.StartAsync(Source, new LiveEndpoint("127.0.0.1", first.Address.Port)));

        Assert.StartsWith($"cannot show the live page at 127.0.0.1:{first.Address.Port}: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_machines_address_is_named()
    {
        // Set aside for documentation: no machine has it.
        var refusal = await Assert.ThrowsAsync<InputException>(() => LiveServer.StartAsync(Source, new LiveEndpoint("192.0.2.1", 0)));

        Assert.StartsWith("cannot show the live page at 192.0.2.1:0: ", refusal.Message, StringComparison.Ordinal);
    }

    protected override void AfterAll()
    {
        _browser.Dispose();
        base.AfterAll();
    }

    /// <summary>The data of the next snapshot.</summary>
    private static async Task<string> DataAsync(StreamReader lines)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new EndOfStreamException("the events ended");
    }

    private static async Task<string> SendAsync(LiveServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using var heard = new StreamReader(client.GetStream());
        return await heard.ReadToEndAsync(Cancel);
    }
}
