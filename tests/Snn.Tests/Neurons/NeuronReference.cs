using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Snn.Tests.Neurons;

/// <summary>
/// One neuron by its textbook equations, in scalars, one time step after another. Its gradient goes forward: for each
/// input x[i] it follows dh[t]/dx[i] through all later steps; nothing is shared with the layer it is the control of.
/// </summary>
internal sealed class NeuronReference(NeuronSpec spec)
{
    private double Rest => spec.Reset ?? 0;

    /// <summary>Spikes, and potentials after each step, for inputs x[t].</summary>
    public (double[] Spikes, double[] Potentials) Run(double[] inputs)
    {
        var (spikes, potentials, v) = (new double[inputs.Length], new double[inputs.Length], Rest);
        for (var t = 0; t < inputs.Length; t++)
        {
            var h = Charge(v, inputs[t], Rest);
            var fires = h >= spec.Threshold;
            spikes[t] = fires ? 1 : 0;
            v = !fires ? h : spec.Reset ?? h - spec.Threshold;
            potentials[t] = v;
        }

        return (spikes, potentials);
    }

    /// <summary>d(Σ upstream[t]·s[t])/dx[i] for every i, the spike's derivative taken from the surrogate.</summary>
    public double[] Gradient(double[] inputs, double[] upstream)
    {
        var (spikes, potentials) = Run(inputs);
        var gradient = new double[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var dv = 0.0;
            for (var t = i; t < inputs.Length; t++)
            {
                var h = Charge(t == 0 ? Rest : potentials[t - 1], inputs[t], Rest);
                var dh = Charge(dv, t == i ? 1 : 0, rest: 0);
                var ds = Derivative(h - spec.Threshold) * dh;
                gradient[i] += upstream[t] * ds;

                var dsInReset = spec.DetachReset ? 0 : ds;
                dv = spec.Reset is null
                    ? dh - spec.Threshold * dsInReset
                    : dh * (1 - spikes[t]) + (Rest - h) * dsInReset;
            }
        }

        return gradient;
    }

    private double Charge(double v, double x, double rest) => (spec.Kind, spec.DecayInput) switch
    {
        (NeuronKind.If, _) => v + x,
        (_, true) => v + (x - (v - rest)) / spec.Tau,
        (_, false) => v - (v - rest) / spec.Tau + x,
    };

    private double Derivative(double u)
    {
        var alpha = spec.Surrogate.Alpha;
        switch (spec.Surrogate.Kind)
        {
            case SurrogateKind.Atan:
                return alpha / 2 / (1 + Math.Pow(Math.PI / 2 * alpha * u, 2));
            case SurrogateKind.Sigmoid:
                var e = Math.Exp(-alpha * u);
                return alpha * e / ((1 + e) * (1 + e));
            case SurrogateKind.PiecewiseQuadratic:
                return Math.Abs(u) > 1 / alpha ? 0 : alpha - alpha * alpha * Math.Abs(u);
            case SurrogateKind.Rect:
                return Math.Abs(u) < 1 / (2 * alpha) ? alpha : 0;
            case SurrogateKind.Triangle:
                return Math.Abs(u) > alpha ? 0 : (1 - Math.Abs(u) / alpha) / alpha;
            default:
                throw new NotSupportedException($"{spec.Surrogate.Kind}");
        }
    }
}
