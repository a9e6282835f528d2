using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Integration.Tests;

/// <summary>A network is trained, taken out, looked at and attacked as a file; then the file is spoiled in every way.</summary>
public sealed class WeightsTests : IDisposable
{
    private const string FileName = "w.safetensors";

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_trained_network_goes_out_and_in_again_and_a_bad_file_does_not()
    {
        var trained = await RunAsync("run", TinyCampaign.Write(_folder), "--out", "trained");
        Assert.Equal(0, trained.ExitCode);

        var export = await RunAsync("weights", "export", "trained", "--out", FileName);
        Assert.Equal(new ProcessEnd(0, $"{FileName}: tiny/fashion-mnist-mini/1 after epoch 2, 74 tensors, 19,990 trained numbers\n", ""), export);
        Assert.Equal(19_990, Run("trained").Network.Parameters);

        var show = await RunAsync("weights", "show", FileName);
        Assert.Equal(0, show.ExitCode);
        Assert.Matches(@"layer4\.0\.downsample\.0\.weight +F32 +\[32, 16, 1, 1\] +512\n", show.Output);
        Assert.Contains("depth = 10, width = 0.0625, 1 input channel(s), 10 classes", show.Output, StringComparison.Ordinal);

        var campaign = TinyCampaign.Write(_folder, "width = 0.0625", $"width = 0.0625, weights = {FileName}");
        var attacked = await RunAsync("run", campaign, "--out", "attacked", "--set", "campaign.training.epochs=0");
        Assert.Equal(0, attacked.ExitCode);
        Assert.Equal(Cells("trained"), Cells("attacked"));

        var file = await File.ReadAllBytesAsync(At(FileName));
        foreach (var (expected, bad) in BadFiles(file))
        {
            await File.WriteAllBytesAsync(At(FileName), bad);
            await AssertRefusedAsync(expected, "run", campaign, "--out", "bad", "--set", "campaign.training.epochs=0");
        }

        Assert.False(Directory.Exists(At("bad")), "nothing is written for a campaign that cannot start");
        await File.WriteAllBytesAsync(At(FileName), [.. file[..^1], (byte)(file[^1] ^ 1)]);
        await AssertRefusedAsync("campaign.networks[0].weights.sha256 was", "run", campaign, "--out", "attacked", "--set", "campaign.training.epochs=0");
        File.Delete(At(FileName));
        await AssertRefusedAsync($"network tiny: weights: {FileName}: there is no such file", "run", campaign, "--out", "bad");
        await AssertRefusedAsync("no epoch of this campaign was trained", "weights", "export", "attacked", "--out", "x");
    }

    [Theory]
    [InlineData("nowhere: no such folder; expected the output folder of a campaign", "weights", "export", "nowhere", "--out", "x")]
    [InlineData(".: no campaign was begun here", "weights", "export", ".", "--out", "x")]
    [InlineData("--out ", "weights", "export", ".", "--out", "")]
    [InlineData("--out .: expected a file", "weights", "export", ".", "--out", ".")]
    [InlineData("--out nowhere/x: there is no such folder", "weights", "export", ".", "--out", "nowhere/x")]
    [InlineData("Option '--out' is required", "weights", "export", ".")]
    [InlineData("nowhere: there is no such file", "weights", "show", "nowhere")]
    [InlineData(".: is a folder", "weights", "show", ".")]
    [InlineData("/dev/zero: expected a safetensors file, found only 0 bytes", "weights", "show", "/dev/zero")]
    public async Task What_cannot_be_used_is_one_line_and_exit_code_2(string line, params string[] arguments) => await AssertRefusedAsync(line, arguments);

    /// <summary>The line each is refused with, and the bytes.</summary>
    private static IEnumerable<(string Expected, byte[] File)> BadFiles(byte[] file)
    {
        yield return ("claim a header of", file[..1000]);
        yield return ("lie outside the file", file[..^1]);
        yield return ("claim a header of 9223372036854775808 bytes", [0, 0, 0, 0, 0, 0, 0, 0x80, .. file[8..]]);
        yield return ("zip archive", [.. "PK\u0003\u0004"u8, .. file[4..]]);
        yield return ("header is not a JSON object of tensors", [.. file[..8], .. Enumerable.Repeat((byte)'{', 200), .. file[208..]]);
        yield return ("missing: fc.bias; not the network's: fc.bios", With(file, header => Rename(header, "fc.bias", "fc.bios")));
        yield return ("of another dtype: fc.bias is U32, expected F32", With(file, header => header["fc.bias"]!["dtype"] = "U32"));
        yield return ("of another shape: fc.bias is [5, 2], expected [10]", With(file, header => header["fc.bias"]!["shape"] = new JsonArray(5, 2)));
        yield return ("fc.bias: shape: expected a list", With(file, header => header["fc.bias"]!["shape"] = new JsonArray(-10)));
        yield return ("fc.bias: shape: [9223372036854775807] is larger than any file", With(file, header => header["fc.bias"]!["shape"] = new JsonArray(long.MaxValue)));
        yield return ("overlap another tensor", With(file, header => header["fc.bias"]!["data_offsets"] = new JsonArray(0, 40)));
        yield return ("fc.bias: data_offsets: expected a list of two", With(file, header => header["fc.bias"]!["data_offsets"] = new JsonArray(-40, 0)));
        yield return ("lie outside the file", With(file, header => header["fc.bias"]!["data_offsets"] = new JsonArray(1L << 60, (1L << 60) + 40)));
    }

    private static byte[] With(byte[] file, Action<JsonObject> change)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        var header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        change(header);
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. file[(8 + length)..]];
    }

    private static void Rename(JsonObject header, string name, string other)
    {
        var entry = header[name];
        header.Remove(name);
        header[other] = entry;
    }

    private RunResult Run(string folder) => ResultsJson.Read(File.ReadAllText(At($"{folder}/results.json"))).Runs.Single();

    private string Cells(string folder) =>
        string.Join('\n', Run(folder).Cells.Select(cell => $"{cell with { Operations = [] }} {string.Join(", ", cell.Operations)}"));

    private string At(string name) => Path.Combine(_folder, name);

    private Task<ProcessEnd> RunAsync(params string[] arguments) => SpikeTrailProcess.RunAsync(_folder, arguments);

    private async Task AssertRefusedAsync(string expected, params string[] arguments)
    {
        var end = await RunAsync(arguments);

        Assert.Equal(2, end.ExitCode);
        Assert.StartsWith("error: ", end.Error, StringComparison.Ordinal);
        Assert.Contains(expected, end.Error, StringComparison.Ordinal);
        Assert.Equal(1, end.Error.Count(character => character == '\n'));
    }
}
