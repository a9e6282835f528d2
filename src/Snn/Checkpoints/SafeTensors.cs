using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>
/// Named tensors in a file, in the safetensors format: 8 bytes of header length (little-endian), a JSON header of
/// <c>{ name: { dtype, shape, data_offsets } }</c>, then the tensors' bytes, row-major, one after another.
/// </summary>
public static class SafeTensors
{
    // The data begins at a multiple of it: readers may map the file into memory.
    private const int Alignment = 8;

    private static readonly IReadOnlyDictionary<ScalarType, (string Name, int Bytes)> Types = new Dictionary<ScalarType, (string, int)>
    {
        [ScalarType.Float32] = ("F32", 4),
        [ScalarType.Float64] = ("F64", 8),
        [ScalarType.Int64] = ("I64", 8),
    };

    /// <summary>What the format calls an element type.</summary>
    /// <exception cref="ArgumentException">The type is none that networks here are made of.</exception>
    public static string NameOf(ScalarType type) => Known(type).Name;

    /// <summary>Writes tensors to a stream, in the order given.</summary>
    /// <exception cref="ArgumentException">A tensor is of a type that networks here are not made of.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var entries = tensors.ToList();
        var header = new JsonObject();
        var offset = 0L;
        foreach (var (name, value) in entries)
        {
            var (type, size) = Known(value.dtype);
            var end = offset + value.NumberOfElements * size;
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. value.shape.Select(dimension => (JsonNode)dimension)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padding = (Alignment - json.Length % Alignment) % Alignment;
        Span<byte> length = stackalloc byte[SafeTensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(json.Length + padding));
        stream.Write(length);
        stream.Write(json);
        stream.Write("       "u8[..padding]);
        foreach (var (_, value) in entries)
        {
            using var hosted = value.cpu();
            using var onHost = hosted.contiguous();
            stream.Write(onHost.bytes);
        }
    }

    /// <summary>Reads the tensors that are wanted, in the order of the file; the caller owns them.</summary>
    /// <param name="stream">The whole file, from its beginning.</param>
    /// <param name="wanted">Which names to read.</param>
    /// <exception cref="InvalidDataException">The file is no safetensors file, or is damaged.</exception>
    public static OrderedDictionary<string, Tensor> Read(Stream stream, Func<string, bool> wanted)
    {
        var header = SafeTensorsHeader.Read(stream);
        var tensors = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var entry in header.Entries.Where(entry => wanted(entry.Name)))
            {
                tensors.Add(entry.Name, Read(stream, header, entry));
            }

            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    /// <summary>Reads one tensor; the caller owns it.</summary>
    /// <exception cref="InvalidDataException">It is of a type that networks here are not made of, or the file has shrunk since its header was read.</exception>
    public static Tensor Read(Stream stream, SafeTensorsHeader header, SafeTensorsEntry entry)
    {
        var known = Types.Where(type => type.Value.Name == entry.Type).ToList();
        if (known.Count == 0)
        {
            throw new InvalidDataException($"{entry.PrintableName}: expected one of {string.Join(", ", Types.Values.Select(type => type.Name))}, found {entry.Type}");
        }

        var tensor = empty([.. entry.Shape], known[0].Key).DetachFromDisposeScope();
        try
        {
            stream.Position = header.DataStart + entry.Start;
            stream.ReadExactly(tensor.bytes);
            return tensor;
        }
        catch (EndOfStreamException error)
        {
            tensor.Dispose();
            throw new InvalidDataException($"{entry.PrintableName}: the file ends within it", error);
        }
    }

    private static (string Name, int Bytes) Known(ScalarType type) =>
        Types.TryGetValue(type, out var known) ? known : throw new ArgumentException($"no safetensors type for {type}", nameof(type));
}
