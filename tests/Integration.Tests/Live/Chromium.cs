using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpikeTrail.Integration.Tests.Live;

/// <summary>A headless Chromium with one page, driven over its DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _listening = Task.CompletedTask;
    private string? _session;
    private int _number;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Exceptions of the page's script, and what the browser refused it for the sake of security.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Where it is installed; null where it is not.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it, with an empty page.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("spiketrail-chromium-").FullName;
        var process = Process.Start(new ProcessStartInfo(Program!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", $"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var chromium = new Chromium(process, profile);
        try
        {
            await chromium.ConnectAsync();
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the page show an address.</summary>
    public Task OpenAsync(Uri address) => AskAsync("Page.navigate", new() { ["url"] = address.ToString() });

    /// <summary>What an expression comes to in the page, as JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await AskAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        return answer["exceptionDetails"] is { } exception
            ? throw new InvalidOperationException($"{expression}: {exception.ToJsonString()}")
            : answer["result"]!["value"];
    }

    /// <summary>What an expression comes to, as text.</summary>
    public async Task<string> TextAsync(string expression) => (await EvaluateAsync(expression))?.ToString() ?? "";

    /// <summary>Waits until an expression holds in the page, which may still be on its way.</summary>
    public async Task UntilAsync(string what, string expression)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience; await Task.Delay(100))
        {
            if (await HoldsAsync(expression))
            {
                return;
            }
        }

        throw new TimeoutException($"{what}: not within {Patience}; complaints: {string.Join("; ", _complaints)}; the page:\n{await TextAsync("document.body.innerText")}");
    }

    private async Task<bool> HoldsAsync(string expression)
    {
        try
        {
            return (bool?)await EvaluateAsync($"Boolean({expression})") == true;
        }
        catch (InvalidOperationException)
        {
            // The page that was there is gone, or the new one is not whole yet.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _listening;
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _ending.Dispose();
        // Its children may still be writing.
        for (var left = 20; left > 0 && Directory.Exists(_profile); left--)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException) when (left > 1)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task ConnectAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var address = "";
        while (address.Length == 0)
        {
            var line = await _process.StandardError.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException("Chromium ended before it could be driven");
            address = line.StartsWith("DevTools listening on ", StringComparison.Ordinal) ? line["DevTools listening on ".Length..] : "";
        }

        // It must not wait for somebody to read what it writes.
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(address), patience.Token);
        _listening = ListenAsync();
        var target = await AskAsync("Target.createTarget", new() { ["url"] = "about:blank" });
        var attached = await AskAsync("Target.attachToTarget", new() { ["targetId"] = target["targetId"]!.ToString(), ["flatten"] = true });
        _session = attached["sessionId"]!.ToString();
        await AskAsync("Runtime.enable", []);
        await AskAsync("Log.enable", []);
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters)
    {
        var (number, answer) = (Interlocked.Increment(ref _number), new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously));
        _asked[number] = answer;
        var question = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
        {
            question["sessionId"] = _session;
        }

        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(question), WebSocketMessageType.Text, endOfMessage: true, _ending.Token);
        return await answer.Task.WaitAsync(Patience);
    }

    private async Task ListenAsync()
    {
        var (buffer, message) = (new byte[1 << 16], new MemoryStream());
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), _ending.Token);
                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or JsonException)
        {
            foreach (var asked in _asked.Values)
            {
                asked.TrySetException(new EndOfStreamException("Chromium is gone", ended));
            }
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            if (_asked.TryRemove((int)id, out var asked))
            {
                _ = message["error"] is { } error ? asked.TrySetException(new InvalidOperationException(error.ToJsonString())) : asked.TrySetResult(message["result"]!);
            }
        }
        else if (message["method"]?.ToString() == "Runtime.exceptionThrown"
            || (message["method"]?.ToString() == "Log.entryAdded" && message["params"]!["entry"]!["source"]!.ToString() is "security" or "violation"))
        {
            _complaints.Enqueue(message["params"]!.ToJsonString());
        }
    }
}
