using System.Buffers.Binary;
using System.Text;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Tests.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Checkpoints;

public sealed class SafeTensorsTests
{
    private const string A = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    private const string B = "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}";

    [Fact]
    public void What_is_written_is_read_in_the_same_order_and_to_the_bit()
    {
        using var weights = tensor(new[] { 1.5f, -0f, float.NaN, float.Epsilon, 5, 6 }, [2, 3]);
        using var transposed = weights.t();
        using var precise = tensor(new[] { Math.PI });
        using var counter = tensor(long.MaxValue);
        using var nothing = zeros([0, 3]);
        KeyValuePair<string, Tensor>[] tensors =
            [new("z", transposed), new("b", counter), new("a", precise), new("empty", nothing)];

        using var file = new MemoryStream();
        SafeTensors.Write(file, tensors);
        file.Position = 0;
        var read = SafeTensors.Read(file, _ => true);

        Assert.Equal(["z", "b", "a", "empty"], read.Keys);
        foreach (var (name, expected) in tensors)
        {
            using var actual = read[name];
            using var contiguous = expected.contiguous();
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.Equal(expected.shape, actual.shape);
            Assert.Equal(contiguous.bytes.ToArray(), actual.bytes.ToArray());
        }
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var values = tensor(new[] { 1f, 2f });
        using var file = new MemoryStream();

        SafeTensors.Write(file, [new("a", values)]);

        var header = Encoding.UTF8.GetBytes($"{{{A}}}");
        byte[] padded = [.. header, .. Enumerable.Repeat((byte)' ', (8 - header.Length % 8) % 8)];
        Assert.Equal([.. BitConverter.GetBytes((ulong)padded.Length), .. padded, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)], file.ToArray());
    }

    [Fact]
    public void A_header_may_come_in_any_order_with_metadata_and_types_that_are_not_read()
    {
        var header = SafeTensorsHeader.Read(FileOf(
            $$$"""{"__metadata__":{"format":"pt"},{{{B}}},{{{A}}},"c":{"shape":[1,2],"dtype":"BF16","data_offsets":[16,20]}}     """, data: 20));

        Assert.Equal(["a F32 [2]", "b I64 []", "c BF16 [1, 2]"], header.Entries.Select(entry => $"{entry.Name} {entry.Type} [{string.Join(", ", entry.Shape)}]"));
    }

    [Theory]
    [InlineData("", "header is not a JSON object")]
    [InlineData("[]", "header is not a JSON object")]
    [InlineData(" {}", "header is not a JSON object")]
    [InlineData("{", "header is not a JSON object of tensors")]
    [InlineData("{\"a\":1}", "a: expected an object with dtype, shape and data_offsets")]
    [InlineData("{\"a\":{}}", "a: expected an object with dtype, shape and data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "a: expected an object with dtype, shape and data_offsets")]
    [InlineData("{\"a\\u001b[31m\\n\":{}}", "a?[31m?: expected")]
    [InlineData("{\"\\ud800\":{}}", "header is not a JSON object of tensors")]
    [InlineData("{\"__metadata__\":{\"format\":1}}", "__metadata__: expected an object of texts")]
    [InlineData("{\"__metadata__\":\"pt\"}", "__metadata__: expected an object of texts")]
    public void A_header_that_is_no_object_of_tensors_is_refused(string header, string expected) => AssertRefused(expected, FileOf(header, data: 16));

    [Theory]
    [InlineData("\"F31\"", "[2]", "[0,8]", "dtype: expected one of BOOL, ")]
    [InlineData("\"f32\"", "[2]", "[0,8]", "dtype: expected one of BOOL, ")]
    [InlineData("32", "[2]", "[0,8]", "expected an object with dtype")]
    [InlineData("\"F32\"", "2", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[-2]", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[-2,-1]", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[2.0]", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[\"2\"]", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[2,1,1,1,1,1,1,1,1]", "[0,8]", "shape: expected a list of at most 8")]
    [InlineData("\"F32\"", "[9223372036854775808]", "[0,8]", "shape: expected a list")]
    [InlineData("\"F32\"", "[9223372036854775807]", "[0,8]", "is larger than any file")]
    [InlineData("\"F32\"", "[4294967296,4294967296]", "[0,8]", "is larger than any file")]
    [InlineData("\"F32\"", "[4294967296,4294967296,0]", "[0,8]", "is larger than any file")]
    [InlineData("\"F32\"", "[1000000000000]", "[0,4000000000000]", "lie outside the file")]
    [InlineData("\"F32\"", "[3]", "[0,8]", "data_offsets: expected 12 bytes for F32 [3], found 0 to 8")]
    [InlineData("\"F64\"", "[2]", "[0,8]", "data_offsets: expected 16 bytes for F64 [2], found 0 to 8")]
    [InlineData("\"F32\"", "[2]", "[8,0]", "data_offsets: expected 8 bytes for F32 [2], found 8 to 0")]
    [InlineData("\"F32\"", "[2]", "[-8,0]", "data_offsets: expected a list of two")]
    [InlineData("\"F32\"", "[2]", "[0]", "data_offsets: expected a list of two")]
    [InlineData("\"F32\"", "[2]", "[0,8,16]", "data_offsets: expected a list of two")]
    [InlineData("\"F32\"", "[2]", "[0,1e30]", "data_offsets: expected a list of two")]
    [InlineData("\"F32\"", "[2]", "[9223372036854775799,9223372036854775807]", "lie outside the file")]
    [InlineData("\"F32\"", "[2]", "[12,20]", "lie outside the file")]
    [InlineData("\"F32\"", "[2]", "[8,16]", "leave a gap, expected to begin at 0")]
    [InlineData("\"F32\"", "[2]", "[0,8]", "end at byte 8 of its data, which goes on to 16")]
    public void A_tensor_that_cannot_be_what_it_claims_is_refused(string type, string shape, string offsets, string expected) =>
        AssertRefused(expected, FileOf($$$"""{"a":{"dtype":{{{type}}},"shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""", data: 16));

    [Fact]
    public void Tensors_that_share_bytes_are_refused() =>
        AssertRefused("b: data_offsets: 4 to 12 overlap another tensor, expected to begin at 8", FileOf($"{{{A},{B.Replace("[8,16]", "[4,12]", StringComparison.Ordinal)}}}", data: 12));

    [Fact]
    public void Tensors_with_unused_bytes_between_them_are_refused() =>
        AssertRefused("b: data_offsets: 12 to 20 leave a gap, expected to begin at 8", FileOf($"{{{A},{B.Replace("[8,16]", "[12,20]", StringComparison.Ordinal)}}}", data: 20));

    [Fact]
    public void A_name_that_comes_twice_is_refused() =>
        AssertRefused("header is not a JSON object of tensors: ", FileOf($"{{{A},{A.Replace("[0,8]", "[8,16]", StringComparison.Ordinal)}}}", data: 16));

    [Fact]
    public void A_deeply_nested_header_is_refused() =>
        AssertRefused("header is not a JSON object of tensors: ", FileOf($"{{\"a\":{new string('[', 1_000_000)}{new string(']', 1_000_000)}}}", data: 0));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    [InlineData(-1)]
    public void A_truncated_file_is_refused(int length)
    {
        var whole = FileOf($"{{{A},{B}}}", data: 16).ToArray();

        AssertRefused("", new MemoryStream(whole[..(length < 0 ? whole.Length + length : length)]));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 40)]
    [InlineData(201UL)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        var file = new byte[208];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);

        AssertRefused($"claim a header of {length} bytes, and 200 follow", new MemoryStream(file));
    }

    [Fact]
    public void A_header_longer_than_any_network_needs_is_refused_though_the_file_has_it()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.Open(path, FileMode.Open);
            file.Write(BitConverter.GetBytes(1L << 32));
            file.SetLength((1L << 32) + 100);
            file.Position = 0;

            AssertRefused("has 4294967296 bytes, expected at most 8388608", file);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_as_torch_save_writes_it_is_recognised() =>
        AssertRefused("found a zip archive, as torch.save writes it", new MemoryStream([.. "PK\u0003\u0004"u8, .. new byte[100]]));

    [Fact]
    public void A_tensor_of_a_type_that_networks_are_not_made_of_is_not_read() => AssertRefused(
        "a: expected one of F32, F64, I64, found F16", FileOf("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", data: 4));

    /// <summary>One line, nothing large allocated, no tensor left behind.</summary>
    private static void AssertRefused(string expected, Stream file)
    {
        var tensors = LeakTests.TensorsAlive();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<InvalidDataException>(() => SafeTensors.Read(file, _ => true));

        // The header itself is read, and it is no larger than the file.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 << 20) + Math.Min(file.Length, 8 << 20));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    private static MemoryStream FileOf(string header, int data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return new MemoryStream([.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[data]]);
    }
}
