using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Snn.Training;

/// <summary>The learning rate's course over a training.</summary>
public static class LearningRate
{
    /// <summary>The rate of an epoch, from 1. Cosine (Loshchilov and Hutter, 2017): full in the first epoch, towards 0 after the last.</summary>
    public static double At(TrainingSpec training, int epoch) => training.Schedule switch
    {
        LearningRateSchedule.Constant => training.Optimizer.LearningRate,
        LearningRateSchedule.Cosine => training.Optimizer.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (epoch - 1) / training.Epochs)),
        _ => throw new ArgumentOutOfRangeException(nameof(training), training.Schedule, "no such schedule"),
    };
}
