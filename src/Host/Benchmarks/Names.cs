namespace SpikeTrail.Host.Benchmarks;

/// <summary>What sides are called at the command line and in JSON.</summary>
internal static class Names
{
    public static string Of(Side side) => side == Side.Ours ? "ours" : "reference";
}
