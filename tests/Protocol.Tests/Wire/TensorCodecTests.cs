using System.Runtime.InteropServices;
using CsCheck;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Tests.Wire;

public sealed class TensorCodecTests
{
    private static readonly float[] SpecialFloats =
    [
        0f, -0f, 1f, -1f, 255f, 256f, 0.5f, float.NaN, BitConverter.UInt32BitsToSingle(0x7F80_0001), BitConverter.UInt32BitsToSingle(0xFFC1_2345),
        float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, int.MinValue, 1L << 40,
    ];

    private static readonly double[] SpecialDoubles =
    [
        .. SpecialFloats.Select(value => (double)value),
        BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001), double.Epsilon, double.MaxValue, 1 + double.Epsilon, Math.BitIncrement(1d), Math.PI, long.MinValue,
    ];

    private static readonly Gen<int> Length = Gen.Frequency((3, Gen.Int[0, 40]), (2, Gen.Int[0, 300]), (1, Gen.Int[4_000, 9_000]));

    // From the kindest to the wildest: a tensor is drawn from one of these, or from the first with a few others strewn in.
    private static readonly Gen<float> AnyFloat = Gen.OneOf(Gen.UInt.Select(BitConverter.UInt32BitsToSingle), Gen.OneOf(SpecialFloats));

    private static readonly Gen<double> AnyDouble = Gen.OneOf(Gen.ULong.Select(BitConverter.UInt64BitsToDouble), Gen.OneOf(SpecialDoubles));

    private static readonly Gen<float[]> Floats =
        from length in Length
        from largest in Gen.OneOf(0, 1, 2, 3, 7, 15, 31, 63, 127, 255, 256)
        from integers in Gen.Int[0, largest].Select(value => (float)value).Array[length]
        from strewn in Gen.OneOf(Gen.Const(0), Gen.Int[0, 3], Gen.Const(length))
        from odd in Gen.Select(Gen.Int[0, Math.Max(length - 1, 0)], AnyFloat).Array[length == 0 ? 0 : strewn]
        select Strew(integers, odd);

    [Fact]
    public void Every_float_comes_back_with_its_bits() =>
        Floats.Sample(values => AssertSameBits(values, RoundTrip(values)), iter: 3_000);

    [Fact]
    public void Every_double_comes_back_with_its_bits()
    {
        var doubles =
            from floats in Floats
            from odd in Gen.Select(Gen.Int[0, Math.Max(floats.Length - 1, 0)], AnyDouble).Array[0, floats.Length == 0 ? 0 : 3]
            select Strew([.. floats.Select(value => (double)value)], odd);
        doubles.Sample(values => AssertSameBits(values, RoundTrip(values)), iter: 3_000);
    }

    [Fact]
    public void Whole_numbers_take_the_fewest_bits()
    {
        var cases =
            from bits in Gen.Int[1, 8]
            from others in Gen.Int[0, (1 << bits) - 1].Array[1, 5_000]
            select (bits, values: (float[])[.. others.Select(value => (float)value), (1 << bits) - 1, 0]);
        cases.Sample(
            drawn =>
            {
                var expected = 8 + (((drawn.values.Length * drawn.bits) + 7) / 8);
                Assert.Equal(expected, TensorCodec.Encode(drawn.values).Length);
                Assert.Equal(expected, TensorCodec.Encode([.. drawn.values.Select(value => (double)value)]).Length);
            },
            iter: 300);
    }

    [Fact]
    public void One_odd_value_anywhere_turns_spikes_into_reals()
    {
        foreach (var odd in SpecialFloats.Where(value => BitConverter.SingleToUInt32Bits(value) != 0 && value is not (1f or 255f)))
        {
            for (var position = 0; position < 67; position++)
            {
                var spikes = new float[67];
                spikes[^1] = spikes[0] = 1;
                spikes[position] = odd;
                Assert.Equal(8 + (4 * 67), TensorCodec.Encode(spikes).Length);
                AssertSameBits(spikes, RoundTrip(spikes));
            }
        }
    }

    [Fact]
    public void A_tensor_of_one_value_takes_a_dozen_bytes()
    {
        foreach (var value in SpecialFloats)
        {
            var values = new float[1_000];
            values.AsSpan().Fill(value);
            Assert.Equal(12, TensorCodec.Encode(values).Length);
            AssertSameBits(values, RoundTrip(values));
        }
    }

    [Fact]
    public void No_elements_and_one_element_are_tensors_too()
    {
        Assert.Equal(8, TensorCodec.Encode(ReadOnlySpan<float>.Empty).Length);
        Assert.Equal(8, TensorCodec.Encode(ReadOnlySpan<double>.Empty).Length);
        Assert.Empty(RoundTrip(Array.Empty<float>()));
        AssertSameBits([-0f], RoundTrip([-0f]));
        AssertSameBits([Math.PI], RoundTrip([Math.PI]));
    }

    [Fact]
    public void Sixteen_million_spikes_take_a_thirtieth_of_their_room()
    {
        var spikes = new float[1 << 24];
        for (var i = 0; i < spikes.Length; i++)
        {
            spikes[i] = (uint)i * 2654435761u >> 30 == 0 ? 1 : 0;
        }

        Assert.InRange(TensorCodec.Encode(spikes).Length, 0, sizeof(float) * spikes.Length / 30);
        AssertSameBits(spikes, RoundTrip(spikes));
    }

    [Fact]
    public void A_payload_says_what_it_holds()
    {
        Assert.Equal(5, TensorCodec.CountOf(TensorCodec.Encode([1d, 2, 3, 4, 5])));
        Assert.Equal(ElementType.Float64, TensorCodec.ElementsOf(TensorCodec.Encode([1d, 2])));
        Assert.Equal(ElementType.Float32, TensorCodec.ElementsOf(TensorCodec.Encode([1f, 2])));
    }

    [Theory]
    [InlineData("0101010000000000", "")] // no elements
    [InlineData("010100000300000000000080", "-0 -0 -0")] // one value
    [InlineData("010101000a0000000d02", "1 0 1 1 0 0 0 0 0 1")] // spikes
    [InlineData("0101030004000000d10a", "1 2 3 5")] // whole numbers
    [InlineData("01012000020000000000c03f0000c0ff", "1.5 NaN")] // reals
    public void The_bytes_of_a_payload_never_change(string hex, string values)
    {
        var expected = values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(float.Parse).ToArray();
        Assert.Equal(hex, Convert.ToHexStringLower(TensorCodec.Encode(expected)));
        var decoded = new float[expected.Length];
        TensorCodec.Decode(Convert.FromHexString(hex), decoded);
        AssertSameBits(expected, decoded);
    }

    [Theory]
    [InlineData("", "header")]
    [InlineData("01012000020000", "header")] // a header cut short
    [InlineData("0201200000000000", "version 2")]
    [InlineData("0103200000000000", "element type 3")]
    [InlineData("0101090000000000", "encoding 9/0")]
    [InlineData("0101400000000000", "encoding 64/0")] // doubles' width for floats
    [InlineData("0101200100000000", "encoding 32/1")]
    [InlineData("01012000ffffffff", "claims -1")]
    [InlineData("01012000ffffff7f", "takes 8589934588 bytes")] // a huge count with nothing behind it
    [InlineData("010100000300000000", "takes 4 bytes")]
    [InlineData("010101000a0000000d0200", "takes 2 bytes")] // a byte too many
    [InlineData("010101000a0000000d04", "after its last element")] // an eleventh bit
    [InlineData("0101010009000000ff01", "holds 9 elements")] // not the ten asked for
    [InlineData("010201000a0000000d02", "holds Float64")]
    public void A_payload_that_is_wrong_says_why(string hex, string reason)
    {
        var thrown = Assert.Throws<InvalidDataException>(() => TensorCodec.Decode(Convert.FromHexString(hex), new float[10]));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    private static T[] Strew<T>(T[] values, (int Position, T Value)[] odd)
    {
        foreach (var (position, value) in odd)
        {
            values[position] = value;
        }

        return values;
    }

    private static float[] RoundTrip(float[] values)
    {
        var decoded = new float[values.Length];
        TensorCodec.Decode(TensorCodec.Encode(values), decoded);
        return decoded;
    }

    private static double[] RoundTrip(double[] values)
    {
        var decoded = new double[values.Length];
        TensorCodec.Decode(TensorCodec.Encode(values), decoded);
        return decoded;
    }

    private static void AssertSameBits<T>(T[] expected, T[] actual)
        where T : unmanaged =>
        Assert.True(MemoryMarshal.AsBytes<T>(expected).SequenceEqual(MemoryMarshal.AsBytes<T>(actual)));
}
