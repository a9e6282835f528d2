using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads <c>campaign.training</c>.</summary>
internal static class TrainingReader
{
    public static TrainingSpec Read(HoconSection training) => new()
    {
        Epochs = training.Integer("epochs", min: 0),
        BatchSize = training.Integer("batch-size", min: 1),
        Optimizer = Optimizer(training.Section("optimizer")),
        Schedule = training.Choice<LearningRateSchedule>("schedule"),
        FlipProbability = training.Number("flip-probability", "a number from 0 to 1", probability => probability is >= 0 and <= 1),
    };

    private static OptimizerSpec Optimizer(HoconSection optimizer) => new()
    {
        Kind = optimizer.Choice<OptimizerKind>("kind"),
        LearningRate = optimizer.Number("learning-rate", "a number above 0", rate => rate > 0),
        WeightDecay = optimizer.Number("weight-decay", "a number of at least 0", decay => decay >= 0),
        Beta1 = Decay(optimizer, "beta1"),
        Beta2 = Decay(optimizer, "beta2"),
        Epsilon = optimizer.Number("epsilon", "a number above 0", epsilon => epsilon > 0),
        Momentum = Decay(optimizer, "momentum"),
    };

    private static double Decay(HoconSection optimizer, string key) =>
        optimizer.Number(key, "a number from 0 to below 1", decay => decay is >= 0 and < 1);
}
