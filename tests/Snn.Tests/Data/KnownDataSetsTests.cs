using SpikeTrail.Snn.Data;

namespace SpikeTrail.Snn.Tests.Data;

public sealed class KnownDataSetsTests
{
    public static TheoryData<string> Names => [.. DataCatalog.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_sizes_follow_from_the_images_they_hold(string name)
    {
        var set = DataCatalog.Describe(name);
        Assert.Equal(Bytes(set, set.TrainingCount), set.TrainingFiles.Sum(file => file.Bytes));
        Assert.Equal(Bytes(set, set.TestCount), set.TestFiles.Sum(file => file.Bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_has_a_sum_of_its_own(string name)
    {
        string[] sums = [.. DataCatalog.Describe(name).Files.Select(file => file.Md5)];
        Assert.All(sums, sum => Assert.Matches("^[0-9a-f]{32}$", sum));
        Assert.Equal(sums.Length, sums.Distinct().Count());
    }

    [Theory]
    [InlineData("fashion-mnist-mini", 10)]
    [InlineData("fashion-mnist", 10)]
    [InlineData("mnist", 10)]
    [InlineData("cifar-10", 10)]
    [InlineData("cifar-100", 100)]
    [InlineData("cifar-100-mini", 100)]
    public void Every_class_has_a_name_of_its_own(string name, int classes)
    {
        Assert.Equal(classes, DataCatalog.Describe(name).Classes);
        Assert.Equal(classes, DataCatalog.Describe(name).ClassNames.Distinct().Count());
    }

    [Fact]
    public void Fashion_mnist_mini_comes_with_the_program_and_is_what_its_sums_say()
    {
        var status = DataCatalog.Inspect("fashion-mnist-mini", dataFolder: null);
        Assert.Null(status.Problem);
        Assert.True(status.IsChecked);

        var set = DataCatalog.Load("fashion-mnist-mini", dataFolder: null);
        Assert.Equal((2_000, 1_000), (set.Training.Count, set.Test.Count));
        Assert.Equal([194, 216, 202, 195, 186, 200, 194, 215, 198, 200], ImagesPerClass(set.Training));
        Assert.Equal([107, 105, 111, 93, 115, 87, 97, 95, 95, 95], ImagesPerClass(set.Test));
    }

    [Fact]
    public void The_shipped_images_lie_beside_the_program() =>
        Assert.Equal(
            Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist-mini"),
            DataCatalog.Inspect("fashion-mnist-mini", dataFolder: null).FoundAt);

    private static long Bytes(KnownDataSet set, int images)
    {
        var pixels = set.Channels * set.Side * set.Side;
        return set.Format switch
        {
            DataFormat.Idx => (16 + ((long)images * pixels)) + (8 + images),
            DataFormat.Cifar10 => (long)images * (1 + pixels),
            DataFormat.Cifar100 => (long)images * (2 + pixels),
            _ => throw new InvalidOperationException($"no size for {set.Format}"),
        };
    }

    private static IEnumerable<int> ImagesPerClass(ImageSet images) =>
        images.Labels.ToArray().CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => pair.Value);
}
