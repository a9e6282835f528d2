namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The optimisers.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba, 2015), weight decay added to the gradient.</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum, weight decay added to the gradient.</summary>
    Sgd,
}

/// <summary>How the learning rate goes from epoch to epoch.</summary>
public enum LearningRateSchedule
{
    /// <summary>The same in every epoch.</summary>
    Constant,

    /// <summary>Half a cosine from the full rate to 0 over all epochs.</summary>
    Cosine,
}

/// <summary>An optimiser and its constants.</summary>
public sealed record OptimizerSpec
{
    /// <summary>Which one.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    /// <summary>The full learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>L2 coefficient: this times the weight is added to its gradient.</summary>
    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>Adam's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's addition to the denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>SGD's momentum.</summary>
    public double Momentum { get; init; } = 0.9;
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingSpec
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The optimiser.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>The learning rate's course.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Probability of a horizontal flip of a training image.</summary>
    public double FlipProbability { get; init; } = 0.5;
}
