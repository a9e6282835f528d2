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
    private const int LengthBytes = sizeof(ulong);
    private const long MaxHeaderBytes = 100_000_000;

    private static readonly IReadOnlyDictionary<ScalarType, (string Name, int Bytes)> Types = new Dictionary<ScalarType, (string, int)>
    {
        [ScalarType.Float32] = ("F32", 4),
        [ScalarType.Float64] = ("F64", 8),
        [ScalarType.Int64] = ("I64", 8),
    };

    /// <summary>Writes tensors to a stream, in the order given.</summary>
    /// <exception cref="ArgumentException">A tensor is of a type the format's users here do not need.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var entries = tensors.ToList();
        var header = new JsonObject();
        var offset = 0L;
        foreach (var (name, value) in entries)
        {
            var (type, size) = Types.TryGetValue(value.dtype, out var known)
                ? known
                : throw new ArgumentException($"{name}: no safetensors type for {value.dtype}", nameof(tensors));
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
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        stream.Write(length);
        stream.Write(json);
        foreach (var (_, value) in entries)
        {
            using var hosted = value.cpu();
            using var onHost = hosted.contiguous();
            stream.Write(onHost.bytes);
        }
    }

    /// <summary>Reads the tensors that are wanted; the caller owns them.</summary>
    /// <param name="stream">A file from its beginning.</param>
    /// <param name="wanted">Which names to read.</param>
    /// <exception cref="InvalidDataException">The file is no safetensors file, or is damaged.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream, Func<string, bool> wanted)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var (header, dataStart) = ReadHeader(stream);
        foreach (var (name, node) in header)
        {
            if (name != "__metadata__" && wanted(name))
            {
                tensors.Add(name, ReadTensor(stream, name, node, dataStart));
            }
        }

        return tensors;
    }

    private static (JsonObject Header, long DataStart) ReadHeader(Stream stream)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            throw new InvalidDataException($"expected at least {LengthBytes} bytes, got {stream.Length}");
        }

        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > MaxHeaderBytes || (long)headerBytes > stream.Length - LengthBytes)
        {
            throw new InvalidDataException($"its header claims {headerBytes} bytes, the file has {stream.Length}");
        }

        var json = new byte[headerBytes];
        stream.ReadExactly(json);
        try
        {
            return (JsonNode.Parse(json)!.AsObject(), LengthBytes + (long)headerBytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException("its header is not a JSON object", e);
        }
    }

    private static Tensor ReadTensor(Stream stream, string name, JsonNode? node, long dataStart)
    {
        var (type, size, shape, start, end) = ReadEntry(name, node);
        var elements = checked(shape.Aggregate(1L, (a, b) => a * b));
        if (start < 0 || end < start || end - start != elements * size || dataStart + end > stream.Length)
        {
            throw new InvalidDataException($"{name}: bytes {start} to {end} do not fit {elements} elements of {type} in a file of {stream.Length} bytes");
        }

        var bytes = new byte[end - start];
        stream.Position = dataStart + start;
        stream.ReadExactly(bytes);
        var read = empty(shape, type);
        bytes.CopyTo(read.bytes);
        return read.DetachFromDisposeScope();
    }

    private static (ScalarType Type, int Bytes, long[] Shape, long Start, long End) ReadEntry(string name, JsonNode? node)
    {
        try
        {
            var dtype = node!["dtype"]!.GetValue<string>();
            var (type, (_, size)) = Types.Single(known => known.Value.Name == dtype);
            var shape = node["shape"]!.AsArray().Select(dimension => dimension!.GetValue<long>()).ToArray();
            var offsets = node["data_offsets"]!.AsArray().Select(offset => offset!.GetValue<long>()).ToArray();
            return shape.All(dimension => dimension >= 0) && offsets.Length == 2
                ? (type, size, shape, offsets[0], offsets[1])
                : throw new InvalidDataException($"{name}: a negative dimension, or not two offsets");
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new InvalidDataException($"{name}: expected dtype ({string.Join(", ", Types.Values.Select(known => known.Name))}), shape and data_offsets", e);
        }
    }
}
