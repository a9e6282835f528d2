using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Checkpoints;
using SpikeTrail.Snn.Data;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Networks;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>What a pipeline works on.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Run">The run: network, data set, seed.</param>
/// <param name="Pipeline">How the network is laid out.</param>
/// <param name="Data">The run's images.</param>
/// <param name="OutputFolder">The campaign's folder, where checkpoints lie.</param>
/// <param name="ConfigurationHash">The configuration that checkpoints belong to.</param>
public sealed record RunContext(
    CampaignSpec Campaign, RunPlan Run, PipelineSpec Pipeline, DataSet Data, string OutputFolder, string ConfigurationHash)
{
    /// <summary>The plan of one of the run's layer groups.</summary>
    public LayerGroupPlan Group(int index) => new(
        Run.Network,
        [Data.Training.Channels, Data.Training.Height, Data.Training.Width],
        Data.Training.Classes,
        Run.Seed,
        Campaign.Training.Optimizer,
        index,
        Pipeline,
        OutputFolder,
        ConfigurationHash);

    /// <summary>All that one slice of the test set is wanted for in cells of one protocol, of no chain, on images of the run's own.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="kept">Those of the cells whose attacked images are kept; null for none.</param>
    internal SliceShard Shard(IReadOnlyList<CellPlan> cells, Range slice, IReadOnlyList<CellId>? kept = null) =>
        new(Setting(cells[0].Protocol), [.. cells.Select(cell => Attack.Create(cell.Attack, cell.Epsilon))], slice, place => kept?.Contains(cells[place].Id) == true);

    /// <summary>A slice of the test set in cells of one protocol that show other networks' images.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="images">Each cell's images; null to know the cost alone.</param>
    internal TransferShard ShardOfTransfer(IReadOnlyList<CellPlan> cells, Range slice, IReadOnlyList<CheckpointManifest>? images = null) =>
        new(Setting(cells[0].Protocol), [.. cells.Select((cell, place) => new TransferredImages(cell.Attack.Restarts, Read(cell, slice, images?[place])))], slice);

    /// <summary>A slice of the test set in the cells of a chain.</summary>
    internal AttackShard ShardOfChain(IReadOnlyList<CellPlan> cells, Range slice) =>
        new(Setting(cells[0].Protocol), [.. cells.Select(cell => Attack.Create(cell.Attack, cell.Epsilon)!)], slice);

    /// <summary>
    /// The samples that are taken of the run's trained network; null for none. The attack is that of the campaign's own with most steps at the largest
    /// budget, under the first protocol whose attacked images are pictures, each by itself.
    /// </summary>
    internal SampleJob? Samples()
    {
        if (Campaign.Samples == 0 || Run.Seed != Campaign.Seeds[0])
        {
            return null;
        }

        var attacked = (
            from cell in CampaignPlan.Cells(Campaign, Run)
            where cell is { Protocol: { Domain: AttackDomain.Pixels, KeepsImagesApart: true }, Attack.Kind: not (AttackKind.None or AttackKind.Transfer) } && !CheckAttacks.IsCheck(cell.Attack)
            orderby cell.Epsilon descending, Attack.Create(cell.Attack, cell.Epsilon)!.Iterations descending
            select cell).FirstOrDefault();
        return new SampleJob(Setting(attacked?.Protocol ?? ProtocolSpec.Strict), attacked?.Attack, attacked?.Epsilon ?? 0, Campaign.Samples);
    }

    /// <summary>A slice of the test set.</summary>
    internal Range Slice(int index)
    {
        var size = Campaign.Evaluation.ShardSize;
        return (index * size)..Math.Min((index + 1) * size, Data.Test.Count);
    }

    private byte[] Read(CellPlan cell, Range slice, CheckpointManifest? images) => images is null
        ? []
        : AttackedImages.Load(images, (long)cell.Attack.Restarts * slice.GetOffsetAndLength(Data.Test.Count).Length * Data.Test.ImageBytes, OutputFolder);

    private TestSetting Setting(ProtocolSpec protocol) =>
        new(protocol, Encoder.Create(Run.DataSet), Data.Test, Campaign.Evaluation.BatchSize, Run.Seed, Run.Network.Precision.ToScalarType())
        {
            Probes = Campaign.Probes,
            KeepsCourse = Campaign.Checks > 0,
            PassImages = Pipeline.PassImages,
        };

    /// <summary>What the network's layers take on a device, measured.</summary>
    public IReadOnlyList<BlockProfile> MeasureBlocks(string device) => BlockProfile.Measure(
        Run.Network,
        [Data.Training.Channels, Data.Training.Height, Data.Training.Width],
        Data.Training.Classes,
        Run.DataSet.TimeSteps,
        Campaign.Training.BatchSize,
        Campaign.Training.Optimizer,
        TorchSharp.torch.device(device));

    /// <summary>What a worker on another node is asked for one of the run's layer groups.</summary>
    internal OpenLayerGroup Open(int index, PipelinePlace place) => new(
        place.Name,
        place.Campaign,
        Run.Network,
        [Data.Training.Channels, Data.Training.Height, Data.Training.Width],
        Data.Training.Classes,
        Run.Seed,
        Campaign.Training.Optimizer,
        Pipeline,
        ConfigurationHash,
        index,
        place.Cut,
        place.Groups[index].Device.Device);
}
