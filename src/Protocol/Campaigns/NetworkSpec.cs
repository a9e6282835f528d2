using System.Text.Json.Serialization;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The published network families.</summary>
public enum NetworkFamily
{
    /// <summary>Spike-element-wise ResNet: the shortcut joins after the block's last neuron.</summary>
    SewResNet,

    /// <summary>Spiking ResNet: the shortcut joins before the block's last neuron.</summary>
    SpikingResNet,
}

/// <summary>How a SEW block joins its identity x with its residual path's output y.</summary>
public enum SewConnection
{
    /// <summary>x + y.</summary>
    Add,

    /// <summary>x · y.</summary>
    And,

    /// <summary>x · (1 − y).</summary>
    Iand,
}

/// <summary>The stem's one pooling operation, the subject of the paper.</summary>
public enum PoolKind
{
    /// <summary>Maximum over 3×3, stride 2, padding 1.</summary>
    Max,

    /// <summary>Average over 3×3, stride 2, padding 1, counting the padding.</summary>
    Average,
}

/// <summary>What batch norm in training mode takes its statistics over.</summary>
public enum BatchNormScope
{
    /// <summary>All time steps together (T·N·H·W values a channel): what the paper ran; a barrier in time.</summary>
    Sequence,

    /// <summary>Each time step by itself (N·H·W values a channel): no barrier, and another network.</summary>
    Step,
}

/// <summary>The floating-point format a network computes in.</summary>
public enum Precision
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,
}

/// <summary>Everything that determines a network's function: what it is, and what it starts from where that is not the seed.</summary>
public sealed record NetworkSpec
{
    /// <summary>The name the network goes by in results.</summary>
    public required string Name { get; init; }

    /// <summary>Which family of blocks.</summary>
    public NetworkFamily Family { get; init; } = NetworkFamily.SewResNet;

    /// <summary>10, 18, 34, 50, 101 or 152 layers.</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Multiplies the channels of every stage; 1 is the published width (64, 128, 256, 512).</summary>
    public double Width { get; init; } = 1;

    /// <summary>The stem's pool.</summary>
    public PoolKind Pool { get; init; } = PoolKind.Max;

    /// <summary>How SEW blocks join; ignored by Spiking-ResNet.</summary>
    public SewConnection Connection { get; init; } = SewConnection.Add;

    /// <summary>Scope of batch norm in training mode.</summary>
    public BatchNormScope BatchNorm { get; init; } = BatchNormScope.Sequence;

    /// <summary>Floating-point format of weights and activations.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The neurons, the same everywhere in the network.</summary>
    public NeuronSpec Neuron { get; init; } = new();

    /// <summary>The file it starts from; null for weights drawn from the seed, which leave no trace in a campaign's identity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WeightsFile? Weights { get; init; }
}
