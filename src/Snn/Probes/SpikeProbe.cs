using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Probes;

/// <summary>Sees what layers of neurons fire in one forward pass, as <see cref="LayerSpikes"/> has it.</summary>
public sealed class SpikeProbe
{
    private readonly List<Fired> _layers = [];

    /// <summary>Records what a layer fired in a window, [W, N, …]. Windows come in their order.</summary>
    public void Record(string module, Tensor spikes_WN)
    {
        var layer = _layers.Find(layer => layer.Module == module);
        if (layer is null)
        {
            _layers.Add(layer = new Fired(module, (int)(spikes_WN.NumberOfElements / spikes_WN.shape[0] / spikes_WN.shape[1])));
        }

        layer.Add(spikes_WN);
    }

    /// <summary>What was seen, layers in the order of the forward pass.</summary>
    public IReadOnlyList<LayerSpikes> Report() => [.. _layers.Select(layer => layer.Report())];

    private sealed class Fired(string module, int neurons)
    {
        private readonly List<long> _counts = [];
        private readonly List<string> _raster = [];

        public string Module => module;

        public LayerSpikes Report() => new(module, neurons, _counts, _raster);

        public void Add(Tensor spikes_WN)
        {
            for (long step = 0; step < spikes_WN.shape[0] && _counts.Count < LayerSpikes.MostSteps; step++)
            {
                using var spikes_N = spikes_WN.select(0, step);
                using var count = spikes_N.count_nonzero();
                _counts.Add(count.item<long>());
                _raster.Add(LayerSpikes.Digits(FirstImage(spikes_N)));
            }
        }

        /// <summary>Whether each of the chosen neurons fired for the first image; neurons count as [C, H, W], however they lie in memory.</summary>
        private bool[] FirstImage(Tensor spikes_N)
        {
            using var image = spikes_N.select(0, 0);
            using var flat = image.reshape(-1);
            using var places = tensor(LayerSpikes.Chosen(neurons).Select(place => (long)place).ToArray(), device: flat.device);
            using var chosen = flat.index_select(0, places);
            using var fired = chosen.ne(0);
            return fired.ToHost<bool>();
        }
    }
}
