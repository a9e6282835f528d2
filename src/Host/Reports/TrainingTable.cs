using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>A run's training curve.</summary>
internal static class TrainingTable
{
    public static TextTable Of(RunResult run)
    {
        var table = new TextTable(">epoch", ">training loss", ">test loss", ">clean accuracy %");
        foreach (var epoch in run.Epochs)
        {
            table.Add(Numbers.Plain(epoch.Epoch), TableCell.Loss(epoch.TrainingLoss), TableCell.Loss(epoch.TestLoss), TableCell.Percent(epoch.CleanAccuracy));
        }

        return table;
    }
}
