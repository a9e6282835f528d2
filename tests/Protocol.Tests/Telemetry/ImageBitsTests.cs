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
    public void Courses_are_added_image_by_image_and_step_by_step()
    {
        var left = new AttackCourse(ImageBits.Pack([true, false, true]), [1.5, 2]);
        var right = new AttackCourse(ImageBits.Pack([false, true]), [0.25, 4]);

        var sum = AttackCourse.Add(left, 3, right, 2)!;

        Assert.Equal([true, false, true, false, true], ImageBits.Unpack(sum.Withstood, 5));
        Assert.Equal([1.75, 6], sum.Losses);
        Assert.Same(left, AttackCourse.Add(left, 3, null, 0));
        Assert.Same(right, AttackCourse.Add(null, 0, right, 2));
    }
}
