using System.Buffers.Binary;
using System.Text.Json;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>One tensor of a safetensors file, as the file's header has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type by the format's name, such as <c>F32</c>.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="Start">Where its bytes begin, counted from the end of the header.</param>
/// <param name="End">Where they end.</param>
public sealed record SafeTensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Start, long End)
{
    /// <summary>How many numbers it is.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>The name as a line of text can show it.</summary>
    public string PrintableName => Printable.Of(Name);
}

/// <summary>
/// The header of a safetensors file, checked in every respect against the length of the file: whoever reads a tensor by
/// it allocates no more than the file has, and finds in it what the shape says. Every byte after the header belongs to
/// exactly one tensor, as the format demands.
/// </summary>
/// <param name="Entries">The tensors, in the order of their bytes.</param>
/// <param name="DataStart">Where in the file the tensors' bytes begin.</param>
public sealed record SafeTensorsHeader(IReadOnlyList<SafeTensorsEntry> Entries, long DataStart)
{
    internal const int LengthBytes = sizeof(ulong);

    // A network of 152 layers with its optimiser's state takes a twentieth of it.
    private const int MostBytes = 8 << 20;

    // The header, an entry, its shape.
    private const int DeepestLevel = 3;

    private const int MostDimensions = 8;

    private const string Metadata = "__metadata__";

    /// <summary>Bytes an element, by the format's names. Reading is another matter: see <see cref="SafeTensors"/>.</summary>
    private static readonly IReadOnlyDictionary<string, int> ElementBytes = new Dictionary<string, int>
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E4M3"] = 1,
        ["F8_E5M2"] = 1,
        ["U16"] = 2,
        ["I16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["U32"] = 4,
        ["I32"] = 4,
        ["F32"] = 4,
        ["U64"] = 8,
        ["I64"] = 8,
        ["F64"] = 8,
    };

    /// <summary>Reads and checks a header.</summary>
    /// <param name="stream">The whole file, from its beginning.</param>
    /// <exception cref="InvalidDataException">The file is no safetensors file, or is damaged; the message is one line.</exception>
    public static SafeTensorsHeader Read(Stream stream)
    {
        var json = new byte[ReadLength(stream)];
        stream.ReadExactly(json);
        var dataStart = LengthBytes + json.Length;
        return new SafeTensorsHeader(InOrder(ReadEntries(json), stream.Length - dataStart), dataStart);
    }

    private static int ReadLength(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        if (!stream.CanSeek || stream.Length < LengthBytes)
        {
            throw new InvalidDataException($"expected a safetensors file, found {(stream.CanSeek ? $"only {stream.Length} bytes" : "no regular file")}");
        }

        stream.ReadExactly(bytes);
        if (bytes.StartsWith("PK"u8))
        {
            throw new InvalidDataException("expected a safetensors file, found a zip archive, as torch.save writes it; docs/weights.md says how to convert it");
        }

        var (length, left) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes), stream.Length - LengthBytes);
        return
            length > (ulong)left ? throw new InvalidDataException($"expected a safetensors file: its first {LengthBytes} bytes claim a header of {length} bytes, and {left} follow")
            : length > MostBytes ? throw new InvalidDataException($"its header has {length} bytes, expected at most {MostBytes}")
            : (int)length;
    }

    private static List<SafeTensorsEntry> ReadEntries(byte[] json)
    {
        if (json.Length == 0 || json[0] != '{')
        {
            throw new InvalidDataException("expected a safetensors file: its header is not a JSON object");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestLevel, AllowDuplicateProperties = false });
            var entries = new List<SafeTensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(Metadata))
                {
                    CheckMetadata(property.Value);
                }
                else
                {
                    entries.Add(ReadEntry(property.Name, property.Value));
                }
            }

            return entries;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second is what text that is not UTF-8 comes to.
            throw new InvalidDataException($"its header is not a JSON object of tensors: {Printable.Of(error.Message)}", error);
        }
    }

    private static void CheckMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object || metadata.EnumerateObject().Any(pair => pair.Value.ValueKind != JsonValueKind.String))
        {
            throw new InvalidDataException($"{Metadata}: expected an object of texts");
        }
    }

    private static SafeTensorsEntry ReadEntry(string name, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out var dimensions)
            || !entry.TryGetProperty("data_offsets", out var places))
        {
            throw Wrong(name, "expected an object with dtype, shape and data_offsets");
        }

        var type = dtype.GetString()!;
        if (!ElementBytes.TryGetValue(type, out var size))
        {
            throw Wrong(name, $"dtype: expected one of {string.Join(", ", ElementBytes.Keys)}, found {Printable.Of(type)}");
        }

        var shape = Numbers(dimensions, MostDimensions)
            ?? throw Wrong(name, $"shape: expected a list of at most {MostDimensions} whole numbers from 0 up");
        var offsets = Numbers(places, 2) is { Count: 2 } both
            ? both
            : throw Wrong(name, "data_offsets: expected a list of two whole numbers from 0 up");
        var bytes = Product(shape.Append(size)) ?? throw Wrong(name, $"shape: [{string.Join(", ", shape)}] is larger than any file");
        return offsets[1] - offsets[0] == bytes
            ? new SafeTensorsEntry(name, type, shape, offsets[0], offsets[1])
            : throw Wrong(name, $"data_offsets: expected {bytes} bytes for {type} [{string.Join(", ", shape)}], found {offsets[0]} to {offsets[1]}");
    }

    /// <summary>Sorts the tensors by their places, which must cover the data from end to end, each byte once.</summary>
    private static List<SafeTensorsEntry> InOrder(List<SafeTensorsEntry> entries, long dataBytes)
    {
        var ordered = entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End).ToList();
        var covered = 0L;
        foreach (var entry in ordered)
        {
            if (entry.End > dataBytes)
            {
                throw Wrong(entry.Name, $"data_offsets: {entry.Start} to {entry.End} lie outside the file, which has {dataBytes} bytes of data; is it whole?");
            }

            if (entry.Start != covered)
            {
                throw Wrong(entry.Name, $"data_offsets: {entry.Start} to {entry.End} {(entry.Start < covered ? "overlap another tensor" : "leave a gap")}, expected to begin at {covered}");
            }

            covered = entry.End;
        }

        return covered == dataBytes
            ? ordered
            : throw new InvalidDataException($"its tensors end at byte {covered} of its data, which goes on to {dataBytes}");
    }

    /// <summary>A list of whole numbers from 0 up, or null where it is none or too long.</summary>
    private static List<long>? Numbers(JsonElement list, int most)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > most)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number) || number < 0)
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>The product of numbers from 0 up, or null where 64 bits do not hold it.</summary>
    private static long? Product(IEnumerable<long> numbers)
    {
        var product = 1L;
        foreach (var number in numbers)
        {
            if (Math.BigMul(product, number, out var low) != 0 || low < 0)
            {
                return null;
            }

            product = low;
        }

        return product;
    }

    private static InvalidDataException Wrong(string name, string complaint) => new($"{Printable.Of(name)}: {complaint}");
}
