using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Tests.Data;
using SpikeTrail.Snn.Tests.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Checkpoints;

public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float64)]
    public void A_network_takes_over_the_weights_of_another_to_the_bit(Precision precision)
    {
        var (original, other) = (Create(Small(precision: precision)), Network.Create(Small(precision: precision), InputShape, Classes, seed: 8));
        using var first = new LocalPipeline(original);
        using var second = new LocalPipeline(other.Cut(3, new OptimizerSpec()));
        Assert.NotEqual(Bytes(original), Bytes(other));

        Weights.Save(original, At("w"));
        Weights.Load(other, At("w"));

        Assert.Equal(Bytes(original), Bytes(other));
        Assert.Equal(original.Parameters.Select(parameter => parameter.Key), Weights.Entries(At("w")).Select(entry => entry.Name));
        Assert.Equal(original.TrainedCount, Weights.TrainedCount(Weights.Entries(At("w"))));
    }

    [Fact]
    public void A_layer_group_takes_over_its_own_part()
    {
        var original = Create(Small());
        using var whole = new LocalPipeline(original);
        Weights.Save(original, At("w"));
        var file = Weights.Find(At("w"));
        var expected = Bytes(original);

        for (var index = 0; index < 3; index++)
        {
            using var group = Network.Create(Small(), InputShape, Classes, seed: 8).Group(index, 3, CPU, new OptimizerSpec());
            Weights.Load(group, file);
            Assert.All(group.Parameters, parameter => Assert.Equal(expected[parameter.Key], Bytes(parameter)));
        }
    }

    [Fact]
    public void A_file_that_was_changed_is_not_loaded()
    {
        var network = Create(Small());
        using var whole = new LocalPipeline(network);
        Weights.Save(network, At("w"));
        var file = Weights.Find(At("w"));
        var bytes = File.ReadAllBytes(At("w"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(At("w"), bytes);

        var changed = Assert.Throws<InputException>(() => Weights.Load(whole.Groups[0], file));
        File.Delete(At("w"));
        var gone = Assert.Throws<InputException>(() => Weights.Load(whole.Groups[0], file));

        Assert.StartsWith($"{At("w")}: SHA-256 is ", changed.Message, StringComparison.Ordinal);
        Assert.EndsWith($"expected {file.Sha256}: the file was changed after the campaign was made ready", changed.Message, StringComparison.Ordinal);
        Assert.Equal($"{At("w")}: there is no such file", gone.Message);
    }

    [Fact]
    public void A_checkpoint_becomes_one_file_without_the_optimisers_state()
    {
        var network = Create(Small());
        using var pipeline = new LocalPipeline(network.Cut(3, new OptimizerSpec()));
        var checkpoint = new CheckpointManifest("c", 1, "hash", [.. pipeline.Groups.Select(group => Checkpoint.Save(group, At("c")))]);

        var exported = Weights.Export(checkpoint, _folder.Path, At("w"));

        Assert.Equal(network.Parameters.Select(parameter => parameter.Key), exported.Select(entry => entry.Name));
        Weights.Save(network, At("saved"));
        Assert.Equal(File.ReadAllBytes(At("saved")), File.ReadAllBytes(At("w")));
    }

    [Fact]
    public void A_file_of_other_keys_is_refused_with_the_first_of_them()
    {
        Save(Small() with { Depth = 10 });

        AssertRefused(
            "does not fit the network: missing: layer1.1.conv1.weight, layer1.1.bn1.weight, layer1.1.bn1.bias and 45 more; the file fits depth = 10, width = 0.125, 2 input channel(s), 5 classes",
            Small());
    }

    [Fact]
    public void A_file_with_keys_too_many_is_refused_with_the_first_of_them()
    {
        Save(Small());

        AssertRefused("does not fit the network: not the network's: layer1.1.conv1.weight, layer1.1.bn1.weight, layer1.1.bn1.bias and 45 more; the file fits depth = 18", Small() with { Depth = 10 });
    }

    [Fact]
    public void A_file_of_other_shapes_is_refused_with_the_first_of_them()
    {
        Save(Small());

        AssertRefused(
            "does not fit the network: of another shape: conv1.weight is [8, 2, 7, 7], expected [16, 2, 7, 7], bn1.weight is [8], expected [16], bn1.bias is [8], expected [16] and 98 more; the file fits",
            Small() with { Width = 0.25 });
    }

    [Theory]
    [InlineData(Precision.Float32, "F32", "F64")]
    [InlineData(Precision.Float64, "F64", "F32")]
    public void A_file_of_another_precision_is_refused_with_the_remedy(Precision precision, string found, string expected)
    {
        Save(Small(precision: precision));
        var other = precision == Precision.Float32 ? Precision.Float64 : Precision.Float32;

        AssertRefused($"of another dtype: conv1.weight is {found}, expected {expected}, ", Small(precision: other));
        AssertRefused($"set the network's precision = {SpecNames.Of(precision)}, or convert the file", Small(precision: other));
    }

    [Fact]
    public void A_counter_of_batches_that_is_no_whole_number_is_refused()
    {
        var network = Create(Small());
        using var pipeline = new LocalPipeline(network);
        using var real = zeros([]);
        Write(network.Parameters.Select(parameter => KeyValuePair.Create(
            parameter.Key, parameter.Key == "bn1.num_batches_tracked" ? real : parameter.Value)));

        AssertRefused("does not fit the network: of another dtype: bn1.num_batches_tracked is F32, expected I64; the file fits", Small());
    }

    [Fact]
    public void Names_that_would_garble_a_terminal_are_shown_without_harm()
    {
        using var value = zeros(1);
        Write([new("\u001b[2J\nerror", value)]);

        AssertRefused("not the network's: ?[2J?error", Small());
    }

    [Fact]
    public void A_file_that_is_none_is_refused()
    {
        File.WriteAllText(At("w"), "not a safetensors file, though as long as one might be");

        AssertRefused("expected a safetensors file", Small());
        Assert.Contains("is a folder", Assert.Throws<InputException>(() => Weights.Entries(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checking_a_file_makes_no_weights()
    {
        Save(Small());
        var network = Create(Small());
        var tensors = LeakTests.TensorsAlive();

        Weights.Check(network, At("w"));

        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(10, 0.0625)]
    [InlineData(18, 0.1)]
    [InlineData(34, 1.0 / 3)]
    [InlineData(50, 0.25)]
    [InlineData(101, 0.02)]
    [InlineData(152, 0.03125)]
    public void A_file_tells_the_network_it_fits(int depth, double width)
    {
        var network = Network.Create(new NetworkSpec { Name = "any", Depth = depth, Width = width }, [3, 32, 32], 7, seed: 1);

        var outline = NetworkOutline.Of(Entries(network))!;

        Assert.Equal((depth, 3, 7), (outline.Depth, outline.InputChannels, outline.Classes));
        Assert.Equal(width, outline.Width, 2);
        var again = Network.Create(new NetworkSpec { Name = "again", Depth = depth, Width = outline.Width }, [3, 32, 32], 7, seed: 1);
        Assert.Equal(network.Parameters.Select(parameter => parameter.ToString()), again.Parameters.Select(parameter => parameter.ToString()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.0625)]
    [InlineData(0.1)]
    public void A_width_that_somebody_would_choose_is_told_as_it_was_chosen(double width) => Assert.Equal(
        width, NetworkOutline.Of(Entries(Network.Create(new NetworkSpec { Name = "any", Depth = 10, Width = width }, [3, 32, 32], 7, seed: 1)))!.Width);

    [Fact]
    public void A_file_of_some_other_network_fits_none()
    {
        var entries = Entries(Create(Small()));

        Assert.NotNull(NetworkOutline.Of(entries));
        Assert.Null(NetworkOutline.Of([.. entries.SkipLast(1)]));
        Assert.Null(NetworkOutline.Of([.. entries, new SafeTensorsEntry("more", "F32", [1], 0, 4)]));
        Assert.Null(NetworkOutline.Of([.. entries.Select(entry => entry.Name == "fc.weight" ? entry with { Shape = [1L << 40, entry.Shape[1]] } : entry)]));
        Assert.Null(NetworkOutline.Of([]));
    }

    private static List<SafeTensorsEntry> Entries(Network network) =>
        [.. network.Parameters.Select(parameter => new SafeTensorsEntry(parameter.Key, SafeTensors.NameOf(parameter.Type), parameter.Shape, 0, 0))];

    private static Dictionary<string, byte[]> Bytes(Network network) =>
        network.Parameters.ToDictionary(parameter => parameter.Key, Bytes);

    private static byte[] Bytes(Parameter parameter)
    {
        using var contiguous = parameter.Value.contiguous();
        return contiguous.bytes.ToArray();
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Save(NetworkSpec spec)
    {
        var network = Create(spec);
        using var pipeline = new LocalPipeline(network);
        Weights.Save(network, At("w"));
    }

    private void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var file = File.Create(At("w"));
        SafeTensors.Write(file, tensors);
    }

    private void AssertRefused(string expected, NetworkSpec spec)
    {
        var network = Create(spec);

        var refusal = Assert.Throws<InputException>(() => Weights.Check(network, At("w")));

        Assert.StartsWith($"{At("w")}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }
}
