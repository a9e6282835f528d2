using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SpikeTrail.Host.Live;

/// <summary>
/// Snapshots as server-sent events, those that are like the one before left out. An event's id is what its data hash to: a viewer that
/// comes back with the last one that it has is not sent the same again, from whichever node.
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="lastId">The id that a viewer came back with; null for none.</param>
internal sealed class EventStream(Stream output, string? lastId)
{
    private string? _lastId = lastId;

    /// <summary>Begins: a viewer that loses the connection is to try again after a second.</summary>
    public Task BeginAsync(CancellationToken cancel) => WriteAsync("retry: 1000\n\n", cancel);

    /// <summary>Sends a snapshot that is another than the last.</summary>
    /// <returns>Whether it was sent.</returns>
    public async Task<bool> ShowAsync(LiveSnapshot snapshot, CancellationToken cancel)
    {
        // JSON without indentation is one line.
        var json = JsonSerializer.Serialize(snapshot, LiveJson.Default.LiveSnapshot);
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)).AsSpan(0, 8));
        if (id == _lastId)
        {
            return false;
        }

        _lastId = id;
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: snapshot\ndata: {json}\n\n"), cancel);
        return true;
    }

    /// <summary>Says that nothing has changed: a viewer that hears nothing at all knows that the connection is dead.</summary>
    public Task BeatAsync(CancellationToken cancel) => WriteAsync("event: beat\ndata:\n\n", cancel);

    private async Task WriteAsync(string text, CancellationToken cancel)
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
        await output.FlushAsync(cancel);
    }
}
