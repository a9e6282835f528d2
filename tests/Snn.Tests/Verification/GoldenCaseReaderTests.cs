using System.Text.Json.Nodes;
using SpikeTrail.Protocol;
using SpikeTrail.Snn.Tests.Training;
using SpikeTrail.Snn.Verification;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>What is no case is refused in one line that names the place, before anything large is made.</summary>
public sealed class GoldenCaseReaderTests
{
    private static readonly Lazy<string> Golden = new(() =>
        new ReferenceCase { Side = 8, TimeSteps = 2, Iterations = 1, AdamSteps = 1 }.Compute().ToJsonString());

    [Theory]
    [InlineData("arch")]
    [InlineData("seed")]
    [InlineData("labels")]
    [InlineData("encoded")]
    [InlineData("state_dict_keys")]
    [InlineData("eval")]
    [InlineData("train")]
    [InlineData("fgsm")]
    [InlineData("pgd")]
    [InlineData("adam")]
    [InlineData("eval.probes")]
    [InlineData("eval.loss")]
    [InlineData("train.running_statistics_after")]
    [InlineData("pgd.alpha")]
    [InlineData("adam.losses")]
    public void What_is_missing_is_named(string key) =>
        Assert.Equal($"{key}: missing", Refusal(golden => Parent(golden, key, out var last).Remove(last)));

    [Fact]
    public void A_tensor_that_is_missing_is_named() =>
        Assert.Equal("adam.weights_after.fc.bias: missing", Refusal(golden => golden["adam"]!["weights_after"]!.AsObject().Remove("fc.bias")));

    [Theory]
    [InlineData("arch", "\"sew_resnet19\"", "arch: expected one of sew_resnet10, sew_resnet18, ")]
    [InlineData("arch", "\"resnet18\"", "arch: expected one of sew_resnet10, ")]
    [InlineData("arch", "\"sew_resnet99999999999\"", "arch: expected one of sew_resnet10, ")]
    [InlineData("arch", "18", "arch: expected a string, got 18")]
    [InlineData("pool", "\"min\"", "pool: expected max or avg, got \"min\"")]
    [InlineData("dtype", "\"float16\"", "dtype: expected float64")]
    [InlineData("classes", "0", "classes: expected a whole number from 1 to 256, got 0")]
    [InlineData("classes", "1e9", "classes: expected a whole number from 1 to 256, got 1e9")]
    [InlineData("classes", "11", "state_dict_keys[72][1]: expected fc.weight of shape [11, 32], got [10, 32]")]
    [InlineData("batch", "3", "labels: expected an array of 3, got an array of 2")]
    [InlineData("batch", "1048577", "batch: expected a whole number from 1 to 1048576, got 1048577")]
    [InlineData("T", "1000000", "expected at most 1048576 input values, got 1000000 x 2 x 3 x 8 x 8 (")]
    [InlineData("T", "3", "encoded.shape: expected [3, 2, 3, 8, 8], got [2, 2, 3, 8, 8]")]
    [InlineData("width", "1", "state_dict_keys[0][1]: expected conv1.weight of shape [64, 3, 7, 7], got [4, 3, 7, 7]")]
    [InlineData("width", "1e300", "width: expected a number from 0.01 to 4, got 1e300")]
    [InlineData("image_size", "1025", "image_size: expected a whole number from 1 to 1024, got 1025")]
    [InlineData("labels", "[0, 10]", "labels[1]: expected a whole number from 0 to 9, got 10")]
    [InlineData("labels", "\"none\"", "labels: expected an array of 2, got \"none\"")]
    [InlineData("encoded.at", "[0]", "encoded.values: expected an array of 1, got an array of 16")]
    [InlineData("encoded.zeros", "769", "encoded.zeros: expected a whole number from 0 to 768, got 769")]
    [InlineData("encoded.zeros", "1.5", "encoded.zeros: expected a whole number from 0 to 768, got 1.5")]
    [InlineData("encoded.l1", "-1", "encoded.l1: expected a number of at least 0, got -1")]
    [InlineData("encoded.sum", "1e999", "encoded.sum: expected a number, got 1e999")]
    [InlineData("encoded.shape", "{}", "encoded.shape: expected an array, got an object")]
    [InlineData("eval", "null", "eval: missing")]
    [InlineData("eval", "[]", "eval: expected an object, got an array of 0")]
    [InlineData("eval.logits", "[[1, 2], [3, 4]]", "eval.logits[0]: expected an array of 10, got an array of 2")]
    [InlineData("eval.probes", "{}", "eval.probes: expected an array, got an object")]
    [InlineData("eval.probes", "[{\"module\": \"fc\", \"type\": \"Linear\", \"zeros\": 2, \"total\": 1, \"norm\": 0}]", "eval.probes[0].zeros: expected a whole number from 0 to 1, got 2")]
    [InlineData("fgsm.epsilon", "2", "fgsm.epsilon: expected a number from 0 to 1, got 2")]
    [InlineData("pgd.iterations", "1e9", "pgd.iterations: expected a whole number from 0 to 1000, got 1e9")]
    [InlineData("pgd.start", "\"clean\"", "pgd.start: expected unit('pgd_start') * epsilon, got \"clean\"")]
    [InlineData("state_dict_keys", "[]", "state_dict_keys: expected the network's 74 keys, but conv1.weight is missing")]
    [InlineData("state_dict_keys", "[[\"conv1.wieght\", [4, 3, 7, 7]]]", "state_dict_keys[0][0]: expected a key of the network's state dict; did you mean conv1.weight?, got \"conv1.wieght\"")]
    [InlineData("state_dict_keys", "[[\"conv1.weight\", [4, 3, 7]]]", "state_dict_keys[0][1]: expected conv1.weight of shape [4, 3, 7, 7], got [4, 3, 7]")]
    [InlineData("state_dict_keys", "[[\"bn1.bias\", [4]], [\"bn1.bias\", [4]]]", "state_dict_keys[1][0]: expected every key once, got \"bn1.bias\"")]
    public void What_cannot_be_is_refused_with_what_was_expected(string key, string value, string refusal) =>
        Assert.StartsWith(refusal, Refusal(golden => Parent(golden, key, out var last)[last] = JsonNode.Parse(value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("encoded", "at", "[0, 768]", "encoded.at[1]: expected a whole number from 0 to 767, got 768")]
    [InlineData("encoded", "at", "[-1]", "encoded.at[0]: expected a whole number from 0 to 767, got -1")]
    [InlineData("encoded", "values", "[0, \"1\"]", "encoded.values[1]: expected a number, got \"1\"")]
    public void Samples_lie_inside_their_tensor(string tensor, string key, string value, string refusal)
    {
        var samples = JsonNode.Parse(value)!;

        Assert.Equal(refusal, Refusal(golden =>
        {
            golden[tensor]!["at"] = new JsonArray([.. samples.AsArray().Select((_, i) => JsonValue.Create(i))]);
            golden[tensor]!["values"] = new JsonArray([.. samples.AsArray().Select(_ => JsonValue.Create(0))]);
            golden[tensor]![key] = samples;
        }));
    }

    [Theory]
    [InlineData("", "not JSON: ")]
    [InlineData("{ \"arch\": ", "not JSON: ")]
    [InlineData("{ \"arch\": NaN }", "not JSON: ")]
    [InlineData("{ \"arch\": \"sew_resnet18\", \"arch\": \"sew_resnet18\" }", "not JSON: ")]
    [InlineData("{ \"dtype\": \"\\ud800\" }", "not JSON: ")]
    [InlineData("[]", "expected an object, got an array of 0")]
    [InlineData("3", "expected an object, got 3")]
    public void What_is_no_object_is_refused(string text, string refusal)
    {
        var line = CaseFile.Refusal(text);

        Assert.StartsWith(refusal, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.StartsWith("nowhere.json: ", Assert.Throws<InputException>(() => GoldenCaseReader.Read("nowhere.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_is_no_case()
    {
        var folder = Path.GetTempPath();

        Assert.StartsWith($"{folder}: ", Assert.Throws<InputException>(() => GoldenCaseReader.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_is_not_read()
    {
        using var file = new CaseFile("");
        using (var stream = File.OpenWrite(file.Path))
        {
            stream.SetLength(1L << 32);
        }

        AssertLittleIsAllocated(() => Assert.EndsWith(
            "expected a case of at most 64 MiB, got 4096 MiB", Assert.Throws<InputException>(() => GoldenCaseReader.Read(file.Path)).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("arch", "\"spiking_resnet152\"")]
    [InlineData("T", "5000")]
    [InlineData("classes", "256")]
    [InlineData("width", "4")]
    public void Nothing_large_is_made_for_a_case_that_is_refused(string key, string value) =>
        AssertLittleIsAllocated(() => Refusal(golden => golden[key] = JsonNode.Parse(value)));

    private static void AssertLittleIsAllocated(Action read)
    {
        var (tensors, managed) = (LeakTests.TensorsAlive(), GC.GetTotalAllocatedBytes(precise: true));

        read();

        Assert.Equal(tensors, TorchSharp.torch.Tensor.TotalCount);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - managed, 0, 16L << 20);
    }

    private static string Refusal(Action<JsonObject> change)
    {
        var golden = JsonNode.Parse(Golden.Value)!.AsObject();
        change(golden);
        return CaseFile.Refusal(golden.ToJsonString());
    }

    private static JsonObject Parent(JsonObject golden, string path, out string last)
    {
        var keys = path.Split('.');
        last = keys[^1];
        return keys[..^1].Aggregate(golden, (node, key) => node[key]!.AsObject());
    }
}
