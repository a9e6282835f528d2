using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SpikeTrail.Host.Doctor;
using SpikeTrail.Protocol;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>A dated record of what was measured, with everything about the run: machine, versions, settings.</summary>
internal static class BenchmarkRecord
{
    /// <summary>Where records go if nobody says.</summary>
    public const string DefaultFolder = "artifacts/bench";

    /// <summary>The record.</summary>
    public static JsonObject Of(JsonObject configuration, JsonArray results, DateTimeOffset date)
    {
        var cpu = CpuInfo.Read();
        return new JsonObject
        {
            ["date"] = date.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["hardware"] = new JsonObject
            {
                ["cpu"] = cpu?.Model,
                ["cores"] = Environment.ProcessorCount,
                ["vector_instructions"] = new JsonArray([.. (cpu?.Extensions ?? []).Select(extension => JsonValue.Create(extension))]),
                ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            },
            ["versions"] = new JsonObject
            {
                ["spiketrail"] = ProgramVersion.Text.Split('+')[0],
                ["commit"] = ProgramVersion.Text.Split('+') is [_, var commit, ..] ? commit : null,
                ["dotnet"] = RuntimeInformation.FrameworkDescription,
                ["libtorch"] = LibTorch.Version,
                ["system"] = RuntimeInformation.OSDescription,
            },
            ["configuration"] = configuration,
            ["results"] = results,
        };
    }

    /// <summary>Writes a record of now.</summary>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="name">How the file's name begins; the date follows.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="results">Every measurement.</param>
    /// <returns>The file.</returns>
    public static string Write(string folder, string name, JsonObject configuration, JsonArray results)
    {
        var date = TimeProvider.System.GetUtcNow();
        var file = Path.Combine(folder, FormattableString.Invariant($"{name}-{date:yyyy-MM-dd-HHmmss}.json"));
        WholeFile.CreateFolder(folder);
        WholeFile.WriteText(file, BenchmarkJson.Text(Of(configuration, results, date)));
        return file;
    }
}
