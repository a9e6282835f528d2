using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Telemetry;

/// <summary>Results from facts: a pure function, so that equal facts give equal bytes.</summary>
internal static class ResultsBuilder
{
    /// <summary>What is known of a campaign. Cells appear once all their shards are measured.</summary>
    public static CampaignResults Build(PreparedCampaign campaign, CampaignState state)
    {
        var runs = campaign.Runs.Select(run => Run(run, state)).ToList();
        var complete = campaign.Runs.Zip(runs, (plan, run) => run.Epochs.Count == plan.Epochs && run.Missing.Count == 0).All(whole => whole);
        return new CampaignResults(
            CampaignResults.CurrentSchema,
            new CampaignSection(campaign.Job.Campaign.Name, campaign.Identity.Hash, complete, [.. campaign.Job.Campaign.Protocols.Select(Protocol)]),
            runs);
    }

    private static RunResult Run(PreparedRun run, CampaignState state) => Measured(run, state) with { Missing = [.. Missing(run, state)] };

    private static IEnumerable<MissingCell> Missing(PreparedRun run, CampaignState state)
    {
        var errored = WorkItem.Errored(run, state).ToHashSet();
        return from cell in run.Cells
               where state.MeasurementOf(cell.Id, run.ShardsOf(cell)) is null
               select new MissingCell(cell.Protocol.Name, cell.Attack.Name, cell.Epsilon, errored.Contains(cell));
    }

    private static RunResult Measured(PreparedRun run, CampaignState state) => new(
        Network(run.Context.Run.Network, run.Parameters),
        DataSet(run),
        run.Context.Run.Seed,
        [.. state.EpochsOf(run.Id).Values.Select(epoch => new EpochResult(epoch.Epoch, epoch.TrainingLoss, epoch.TestLoss, epoch.CleanAccuracy))],
        Cells(run, run.Cells.Where(cell => !CheckAttacks.IsCheck(cell.Attack)), state))
    {
        Checks = run.Cells.Where(cell => CheckAttacks.IsCheck(cell.Attack)).ToList() is { Count: > 0 } checks ? Cells(run, checks, state) : null,
    };

    private static IReadOnlyList<CellResult> Cells(PreparedRun run, IEnumerable<CellPlan> cells, CampaignState state) =>
    [
        .. from cell in cells
           let measured = state.MeasurementOf(cell.Id, run.ShardsOf(cell))
           where measured is not null
           select Cell(cell, measured),
    ];

    private static ProtocolSection Protocol(ProtocolSpec protocol) => new(
        protocol.Name,
        SpecNames.Of(protocol.Domain),
        SpecNames.Of(protocol.AttackStatistics),
        protocol.Contaminates,
        SpecNames.Of(protocol.Order),
        SpecNames.Of(protocol.PredictionStatistics),
        protocol.PhaseWeights);

    private static NetworkSection Network(NetworkSpec network, long parameters) => new(
        network.Name,
        SpecNames.Of(network.Family),
        network.Depth,
        network.Width,
        SpecNames.Of(network.Pool),
        SpecNames.Of(network.Connection),
        SpecNames.Of(network.Neuron.Kind),
        SpecNames.Of(network.BatchNorm),
        SpecNames.Of(network.Precision),
        parameters,
        network.Weights?.Sha256);

    private static DataSetSection DataSet(PreparedRun run)
    {
        var (spec, data) = (run.Context.Run.DataSet, run.Context.Data);
        return new DataSetSection(
            spec.Name, SpecNames.Of(spec.Encoder.Kind), spec.TimeSteps, data.Training.Classes, data.Training.Count, data.Test.Count);
    }

    private static CellResult Cell(CellPlan cell, Measurement measured) => new(
        cell.Protocol.Name,
        cell.Attack.Name,
        cell.Epsilon,
        cell.Attack.StepSize,
        cell.Attack.Iterations,
        cell.Attack.Restarts,
        measured.Correct,
        measured.Total,
        (double)measured.Correct / measured.Total,
        measured.Loss / measured.Total,
        Gradient(measured.Input, measured.Total),
        [.. measured.Operations.Select(Operation)],
        [.. measured.Weights.Select(Weight)],
        measured.Vulnerability is { } vulnerability ? Vulnerability(vulnerability) : null)
    {
        Course = measured.Course is { } course ? new(course.Withstood, [.. course.Losses.Select(loss => loss / measured.Total)]) : null,
        Transfer = cell.Attack is { From: { } network, Attack: { } attack } ? new(network, attack) : null,
    };

    /// <summary>Where no gradient was taken, its norms are no numbers, as its share of zeros is.</summary>
    private static InputGradientResult Gradient(InputGradient gradient, int images) => gradient.Elements == 0
        ? new(double.NaN, double.NaN, double.NaN, double.NaN, 0, 0)
        : new(
            (double)gradient.Zeros / gradient.Elements, gradient.L1 / images, gradient.L2 / images, gradient.Linf / images, gradient.AllZeroImages, gradient.VanishingImages);

    private static OperationResult Operation(OperationGradient operation) => new(
        operation.Module,
        operation.Kind,
        (double)operation.InputZeros / operation.InputElements,
        (double)operation.OutputZeros / operation.OutputElements,
        operation.InputNorm / operation.Passes,
        operation.OutputNorm / operation.Passes);

    private static WeightGradientResult Weight(WeightGradient weight) => new(
        weight.Key, (double)weight.Zeros / weight.Elements, weight.L2 / weight.Passes);

    private static VulnerabilityResult Vulnerability(Vulnerability sums) => new(
        sums.Adversarial / sums.Images,
        sums.Random / sums.Images,
        sums.Random == 0 ? null : sums.Adversarial / sums.Random,
        sums.ImagesWithGradient == 0 ? null : sums.FirstOrderRatio / sums.ImagesWithGradient,
        sums.ImagesWithGradient == 0 ? null : sums.UpperBound / sums.ImagesWithGradient);
}
