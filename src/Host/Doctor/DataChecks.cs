using SpikeTrail.Host.Reports;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Host.Doctor;

/// <summary>The data sets: which are there, and where the others can be had.</summary>
internal static class DataChecks
{
    public static IEnumerable<Finding> Run(string? dataFolder) =>
        DataCatalog.All.Select(set => Judge(DataCatalog.Inspect(set.Name, dataFolder)));

    internal static Finding Judge(DataStatus status)
    {
        var set = status.Set;
        return status switch
        {
            { Problem: null } => Finding.Ok(
                set.Name, $"complete in {status.FoundAt}: {Numbers.Count(set.TrainingCount)} training and {Numbers.Count(set.TestCount)} test images"),
            { FoundAt: null, Set.Ships: false } => Finding.Warning(set.Name, "not found", DataOrigin.HowToGet(set)),
            _ => Finding.Problem(
                set.Name, status.Problem, set.Ships ? "it ships with SpikeTrail: restore the repository's data folder and build again" : DataOrigin.HowToGet(set)),
        };
    }
}
