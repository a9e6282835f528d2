// The equations of NeuronLayer on a GPU, one thread a neuron, its state in registers for all steps of the window. The same operations in
// the same order as in NeuronKernel.cs: rounded once where that fuses a product into a sum, and nowhere else (--fmad=false). Threads that
// lie side by side read and write side by side.
//
// Plain C++ but for the few words of CUDA, so that tests compile it for a processor and compare it there.

// The arguments, field by field as CudaArguments.cs has them.

struct Neurons
{
    long long steps;    // T of the window
    long long count;    // neurons
    long long channels; // of batch norm; 1 without
    long long stride;   // from one channel to the next, in neurons
    double leak, gain, drive, threshold, rest;
    double slope_first, slope_second; // the surrogate's constants, see slope()
    int surrogate, hard_reset, detach_reset;
};

struct ForwardArguments
{
    Neurons neurons;
    const void* inputs;     // [T, count]
    const void* scale;      // [channels], null without batch norm
    const void* shift;      // likewise
    void* potential;        // [count], moved on
    void* spikes;           // [T, count]
    void* charges;          // [T, count], null if nobody keeps them
};

struct BackwardArguments
{
    Neurons neurons;
    const void* gradients;    // dL/ds, [T, count]
    const void* scale;        // [channels], null without batch norm
    void* gradient;           // dL/dv, [count], moved back
    void* charges;            // [T, count]: charges turn into input gradients
    void* normalized;         // [T, count], where input gradients before batch norm's scale go; null if not wanted
    void* spike_gradients;    // [T, count], for a probe: what enters the surrogate; null if not wanted
    void* surrogate_gradients; // likewise: what leaves it
};

static_assert(sizeof(Neurons) == 104 && sizeof(ForwardArguments) == 152 && sizeof(BackwardArguments) == 160, "as CudaArguments.cs has them");

// The types of tensors, and what is computed in.

struct Half { unsigned short bits; };
struct BFloat16 { unsigned short bits; };

template <typename T> struct Arithmetic { typedef float Real; };
template <> struct Arithmetic<double> { typedef double Real; };

#ifdef __CUDACC__
__device__ inline float half_to_float(unsigned short bits)
{
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}

__device__ inline unsigned short float_to_half(float value)
{
    unsigned short bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
#endif

__device__ inline float widened(float value) { return value; }
__device__ inline double widened(double value) { return value; }
__device__ inline float widened(Half value) { return half_to_float(value.bits); }
__device__ inline float widened(BFloat16 value) { return __uint_as_float((unsigned)value.bits << 16); }

__device__ inline void store(float value, float& place) { place = value; }
__device__ inline void store(double value, double& place) { place = value; }
__device__ inline void store(float value, Half& place) { place.bits = float_to_half(value); }

__device__ inline void store(float value, BFloat16& place)
{
    // To the nearest, ties to even; a carry runs into the exponent as it should. What is not a number stays so.
    const unsigned bits = __float_as_uint(value);
    place.bits = value != value ? 0x7fc0 : (unsigned short)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// Stores a value and gives back what a later step, or another window, will read there.
template <typename T, typename Real> __device__ inline Real kept(Real value, T& place)
{
    store(value, place);
    return widened(place);
}

__device__ inline float fused(float left, float right, float addend) { return fmaf(left, right, addend); }
__device__ inline double fused(double left, double right, double addend) { return fma(left, right, addend); }
__device__ inline float exponential(float x) { return expf(x); }
__device__ inline double exponential(double x) { return exp(x); }
__device__ inline float magnitude(float x) { return fabsf(x); }
__device__ inline double magnitude(double x) { return fabs(x); }

// ds/du of the surrogates, as Slopes.cs has them.
template <typename Real> __device__ inline Real slope(const Neurons& neurons, Real u)
{
    const Real zero = 0, one = 1, first = (Real)neurons.slope_first, second = (Real)neurons.slope_second;
    switch (neurons.surrogate)
    {
        case 0: // arc tangent: first = pi/2 alpha, second = alpha/2
        {
            const Real scaled = u * first;
            return one / (scaled * scaled + one) * second;
        }
        case 1: // sigmoid: first = alpha
        {
            const Real sigma = one / (one + exponential(-(u * first)));
            return (one - sigma) * sigma * first;
        }
        case 2: // tent: first = peak, second = -steepness
        {
            const Real height = magnitude(u) * second + first;
            return height <= zero ? zero : height;
        }
        default: // rectangle: first = height, second = half its width
            return magnitude(u) < second ? first : zero;
    }
}

__device__ inline long long this_neuron() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }

// A neuron's figure of its channel, whether channels lie last in memory (stride 1) or each by itself (stride H·W).
template <typename Real> __device__ inline Real of_channel(const void* figures, const Neurons& neurons, long long neuron)
{
    return ((const Real*)figures)[neuron / neurons.stride % neurons.channels];
}

template <typename T> __device__ void forward(const ForwardArguments& arguments)
{
    typedef typename Arithmetic<T>::Real Real;
    const Neurons& neurons = arguments.neurons;
    const long long neuron = this_neuron();
    if (neuron >= neurons.count)
    {
        return;
    }

    const T* __restrict__ inputs = (const T*)arguments.inputs;
    T* const potentials = (T*)arguments.potential;
    T* const spikes = (T*)arguments.spikes;
    T* const charges = (T*)arguments.charges;
    const Real leak = (Real)neurons.leak, gain = (Real)neurons.gain, drive = (Real)neurons.drive;
    const Real threshold = (Real)neurons.threshold, rest = (Real)neurons.rest;
    const bool normalizes = arguments.scale != nullptr;
    const Real scale = normalizes ? of_channel<Real>(arguments.scale, neurons, neuron) : (Real)1;
    const Real shift = normalizes ? of_channel<Real>(arguments.shift, neurons, neuron) : (Real)0;

    T potential = potentials[neuron];
    for (long long step = 0; step < neurons.steps; step++)
    {
        const long long place = step * neurons.count + neuron;
        Real input = widened(inputs[place]);
        if (normalizes)
        {
            input = fused(input, scale, shift);
        }

        T stored;
        const Real charge = kept(fused(widened(potential), leak, input * gain + drive), stored);
        const bool fired = charge >= threshold;
        store(fired ? (neurons.hard_reset ? rest : charge - threshold) : charge, potential);
        store(fired ? (Real)1 : (Real)0, spikes[place]);
        if (charges)
        {
            charges[place] = stored;
        }
    }

    potentials[neuron] = potential;
}

template <typename T> __device__ void backward(const BackwardArguments& arguments)
{
    typedef typename Arithmetic<T>::Real Real;
    const Neurons& neurons = arguments.neurons;
    const long long neuron = this_neuron();
    if (neuron >= neurons.count)
    {
        return;
    }

    const T* __restrict__ gradients = (const T*)arguments.gradients;
    T* const membrane_gradients = (T*)arguments.gradient;
    T* const charges = (T*)arguments.charges;
    T* const normalized = (T*)arguments.normalized;
    T* const spike_gradients = (T*)arguments.spike_gradients;
    T* const surrogate_gradients = (T*)arguments.surrogate_gradients;
    const Real leak = (Real)neurons.leak, gain = (Real)neurons.gain, threshold = (Real)neurons.threshold, rest = (Real)neurons.rest;
    const bool normalizes = arguments.scale != nullptr;
    const Real scale = normalizes ? of_channel<Real>(arguments.scale, neurons, neuron) : (Real)1;

    T gradient = membrane_gradients[neuron];
    for (long long step = neurons.steps - 1; step >= 0; step--)
    {
        const long long place = step * neurons.count + neuron;
        const Real charge = widened(charges[place]);
        const Real from_next_step = widened(gradient);
        Real spike_gradient = widened(gradients[place]);
        if (!neurons.detach_reset)
        {
            spike_gradient += from_next_step * (neurons.hard_reset ? rest - charge : -threshold);
        }

        const Real surrogate_gradient = spike_gradient * slope(neurons, charge - threshold);
        const Real past_reset = neurons.hard_reset && charge >= threshold ? (Real)0 : from_next_step;
        const Real charge_gradient = surrogate_gradient + past_reset;
        store(charge_gradient * leak, gradient);
        const Real input_gradient = charge_gradient * gain;
        store(normalizes ? input_gradient * scale : input_gradient, charges[place]);
        if (normalized)
        {
            store(input_gradient, normalized[place]);
        }

        if (spike_gradients)
        {
            store(spike_gradient, spike_gradients[place]);
            store(surrogate_gradient, surrogate_gradients[place]);
        }
    }

    membrane_gradients[neuron] = gradient;
}

// A type of tensors is one line.
#define NEURONS(T, name) \
    extern "C" __global__ void forward_##name(const ForwardArguments arguments) { forward<T>(arguments); } \
    extern "C" __global__ void backward_##name(const BackwardArguments arguments) { backward<T>(arguments); }

NEURONS(float, float32)
NEURONS(double, float64)
NEURONS(Half, float16)
NEURONS(BFloat16, bfloat16)
