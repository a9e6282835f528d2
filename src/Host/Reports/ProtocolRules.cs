namespace SpikeTrail.Host.Reports;

/// <summary>What the named protocols are, in a paragraph each.</summary>
internal static class ProtocolRules
{
    public static string Of(string protocol) => protocol switch
    {
        "strict" =>
            "The network is attacked as it is used: batch norm frozen on its running statistics, every image independent of the others and of their "
            + "order. Pixels in [0, 1] are attacked through the encoder, whose backward is the identity averaged over the time steps; all time steps "
            + "share one perturbation. Before it is encoded the attacked image is rounded to bytes, as an image file would be. Spikes pass gradients "
            + "through the surrogate.",
        "as-published" =>
            "What the published code measures: the encoded train is attacked, each time step on its own and clamped to [0, 1]; the gradient is taken with "
            + "batch norm on the statistics of the attacked batch, the prediction with running statistics, which every attack step updates. A batch's "
            + "result depends on all batches before it.",
        _ => "A variant defined by the campaign: its settings are under `configuration` in provenance.json.",
    };
}
