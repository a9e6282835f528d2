using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Protocol.Tests.Telemetry;

public sealed class ImageBitsTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "AQ==")]
    [InlineData(8, "SQ==")]
    [InlineData(9, "SQA=")]
    [InlineData(10, "SQI=")]
    public void Image_i_is_bit_i_mod_8_of_byte_i_over_8(int images, string text)
    {
        bool[] everyThird = [.. Enumerable.Range(0, images).Select(image => image % 3 == 0)];

        Assert.Equal(text, ImageBits.Pack(everyThird));
        Assert.Equal(everyThird, ImageBits.Unpack(text, images));
    }

    [Theory]
    [InlineData("SQ==", 9)]
    [InlineData("SQA=", 8)]
    [InlineData("", int.MaxValue)]
    [InlineData("SQ==", -1)]
    [InlineData("SQ=", 8)]
    [InlineData("not base64", 8)]
    public void Text_of_another_number_of_images_is_refused(string text, int images) =>
        Assert.Throws<FormatException>(() => ImageBits.Unpack(text, images));

    [Fact]
    public void Courses_are_joined_image_by_image_and_added_step_by_step()
    {
        var sum = Measurement.Sum(
        [
            Measured([true, false, true], 1.5, 2),
            Measured([false, true], 0.25, 4),
            Measured([true], 1, 1),
        ]);

        Assert.Equal([true, false, true, false, true, true], ImageBits.Unpack(sum.Course!.Withstood, sum.Total));
        Assert.Equal([2.75, 7], sum.Course.Losses);
        Assert.Null(Measurement.Sum([Measurement.Empty with { Total = 2 }, Measurement.Empty with { Total = 1 }]).Course);
        Assert.Equal(3, Measurement.Sum([Measurement.Empty with { Total = 2 }, Measurement.Empty with { Total = 1 }]).Total);
    }

    private static Measurement Measured(IReadOnlyList<bool> withstood, params IReadOnlyList<double> losses) =>
        Measurement.Empty with { Total = withstood.Count, Course = new AttackCourse(ImageBits.Pack(withstood), losses) };
}
