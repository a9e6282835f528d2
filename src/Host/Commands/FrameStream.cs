using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SpikeTrail.Host.Commands;

/// <summary>Lines of JSON over a connection. However much the other side sends, one line's room is all that is ever held.</summary>
internal sealed class FrameStream(Stream stream) : IAsyncDisposable
{
    /// <summary>The longest line, its line feed included, in bytes.</summary>
    public const int LongestLine = 64 * 1024;

    private readonly byte[] _buffer = new byte[LongestLine];
    private int _filled;

    /// <summary>Reads a line.</summary>
    /// <exception cref="EndOfStreamException">The other side closed the connection.</exception>
    /// <exception cref="InvalidDataException">The line is too long, or not what it should be.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        int length;
        var searched = 0;
        while ((length = _buffer.AsSpan(searched, _filled - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _filled;
            if (_filled == _buffer.Length)
            {
                throw new InvalidDataException($"a line of more than {LongestLine} bytes");
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellation);
            if (read == 0)
            {
                throw new EndOfStreamException(_filled == 0 ? "closed" : "closed in the middle of a line");
            }

            _filled += read;
        }

        var end = searched + length + 1;
        var message = Parse(_buffer.AsSpan(0, end), type);
        _buffer.AsSpan(end, _filled - end).CopyTo(_buffer);
        _filled -= end;
        return message;
    }

    /// <summary>Writes a line.</summary>
    public async Task WriteAsync<T>(T message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, type);
        await stream.WriteAsync((byte[])[.. json, (byte)'\n'], cancellation);
    }

    /// <summary>Waits until the other side closes the connection, or sends what nobody asked for.</summary>
    /// <returns>Whether it was closed.</returns>
    public async Task<bool> ClosesAsync(CancellationToken cancellation) =>
        _filled == 0 && await stream.ReadAsync(_buffer, cancellation) == 0;

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new InvalidDataException("a line that says null");
        }
        catch (JsonException)
        {
            // Its message may quote what was sent: nothing for a log.
            throw new InvalidDataException($"a line that is no {typeof(T).Name}");
        }
    }
}
